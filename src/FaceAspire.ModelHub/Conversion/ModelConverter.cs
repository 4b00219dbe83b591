using System.Collections.Frozen;
using FaceAspire.ModelHub.Graphs;

namespace FaceAspire.ModelHub.Conversion;

/// <summary>Makes an ONNX file of what a model's authors publish: reads the weights out of their container and builds the network around them.</summary>
public static class ModelConverter
{
    /// <summary>Grows whenever the same file would give other bytes: what an older converter made is made again.</summary>
    public const int Version = 1;

    private static readonly Architecture[] _all =
    [
    ];

    private static readonly FrozenDictionary<string, Architecture> _architectures = _all.ToFrozenDictionary(static architecture => architecture.Name);

    /// <summary>The networks that can be built, by the names that the catalogue uses.</summary>
    public static IReadOnlyCollection<string> Architectures => _architectures.Keys;

    /// <summary>Converts a file. The same file gives the same bytes.</summary>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="sourcePath">The upstream file.</param>
    /// <param name="destination">Receives the ONNX file; holds a part of one after an exception.</param>
    /// <param name="cancellationToken">Stops between two tensors.</param>
    /// <exception cref="ArgumentException">There is no such architecture.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of another kind or of another network; says what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Convert(string architecture, string sourcePath, Stream destination, CancellationToken cancellationToken)
    {
        if (!_architectures.TryGetValue(architecture, out var known))
        {
            throw new ArgumentException($"There is no architecture '{architecture}', only {string.Join(", ", _architectures.Keys.Order(StringComparer.Ordinal))}.", nameof(architecture));
        }

        using var weights = known.Open(sourcePath);
        GraphBuilder graph = new();
        known.Build(weights, graph);
        graph.Write(destination, known.Name, cancellationToken);
    }
}
