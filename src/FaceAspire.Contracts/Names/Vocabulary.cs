using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace FaceAspire.Contracts.Names;

/// <summary>Wire names and what they stand for. Names match without regard to case; the spelling given here is the one answered.</summary>
/// <typeparam name="T">What a name stands for.</typeparam>
public sealed class Vocabulary<T>
    where T : notnull
{
    private readonly FrozenDictionary<string, T> _values;
    private readonly FrozenDictionary<T, string> _names;

    /// <summary>Makes a vocabulary; the first name of a value is the one answered, further ones are aliases.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public Vocabulary(IEnumerable<KeyValuePair<string, T>> entries)
    {
        var values = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        var names = new Dictionary<T, string>();
        foreach (var (name, value) in entries)
        {
            values.Add(name, value);
            names.TryAdd(value, name);
        }

        _values = values.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _names = names.ToFrozenDictionary();
        Names = [.. values.Keys];
    }

    /// <summary>Every accepted name, in the order given.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Looks a name up, without regard to case.</summary>
    public bool TryParse(string name, [MaybeNullWhen(false)] out T value) => _values.TryGetValue(name, out value);

    /// <summary>The same for a name that was checked before.</summary>
    /// <exception cref="ArgumentException">There is no such name.</exception>
    public T Parse(string name) => TryParse(name, out var value) ? value : throw new ArgumentException($"'{name}' is no name that exists.", nameof(name));

    /// <summary>The name that a value has on the wire.</summary>
    public string NameOf(T value) => _names[value];
}
