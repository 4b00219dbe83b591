using System.Collections;
using System.Diagnostics.CodeAnalysis;
using FaceAspire.Contracts.Requests;

namespace FaceAspire.Edge.Tests.OpenApi;

/// <summary>A body that remembers which of its fields were asked for.</summary>
internal sealed class RecordedFields(IReadOnlyDictionary<string, FieldValue> values) : IReadOnlyDictionary<string, FieldValue>
{
    public SortedSet<string> Asked { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => values.Keys;

    public IEnumerable<FieldValue> Values => values.Values;

    public int Count => values.Count;

    public FieldValue this[string key] => values[key];

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out FieldValue value)
    {
        Asked.Add(key);
        return values.TryGetValue(key, out value);
    }

    public IEnumerator<KeyValuePair<string, FieldValue>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
