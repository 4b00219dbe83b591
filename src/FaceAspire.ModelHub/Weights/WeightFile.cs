namespace FaceAspire.ModelHub.Weights;

/// <summary>An opened weights file, whatever its container: the layers that own weights, in the file's order. Owns the file.</summary>
/// <param name="groups">The layers; those without weights are left out.</param>
/// <param name="source">What is closed with it; null for a file that is in memory.</param>
public sealed class WeightFile(IReadOnlyList<WeightGroup> groups, IDisposable? source = null) : IDisposable
{
    private readonly Dictionary<string, WeightTensor> _tensors = ByName(groups);

    /// <summary>The layers, in the file's order.</summary>
    public IReadOnlyList<WeightGroup> Groups { get; } = groups;

    /// <summary>A tensor by its name.</summary>
    /// <exception cref="InvalidDataException">The file has none of that name.</exception>
    public WeightTensor this[string name] => _tensors.TryGetValue(name, out var tensor) ? tensor : throw new InvalidDataException($"The file has no tensor '{name}'.");

    /// <summary>Whether the file has a tensor of that name.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <inheritdoc/>
    public void Dispose() => source?.Dispose();

    private static Dictionary<string, WeightTensor> ByName(IReadOnlyList<WeightGroup> groups)
    {
        Dictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
        foreach (var tensor in groups.SelectMany(static group => group.Tensors))
        {
            if (!tensors.TryAdd(tensor.Name, tensor))
            {
                throw new InvalidDataException($"The file has two tensors '{tensor.Name}'.");
            }
        }

        return tensors;
    }
}
