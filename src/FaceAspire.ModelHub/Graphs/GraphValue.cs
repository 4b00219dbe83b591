namespace FaceAspire.ModelHub.Graphs;

/// <summary>What a node of a graph gives: its name, and its sizes behind the batch.</summary>
/// <param name="Name">Unique in the graph.</param>
/// <param name="Shape">Channels, height, width; or features alone. Null where the size depends on the picture.</param>
public sealed record GraphValue(string Name, IReadOnlyList<int?> Shape)
{
    /// <summary>Channels of a map, or the number of features.</summary>
    public int Channels => Shape[0]!.Value;

    /// <summary>Rows of a map; null when they depend on the picture.</summary>
    public int? Height => Shape[1];

    /// <summary>Columns of a map; null when they depend on the picture.</summary>
    public int? Width => Shape[2];
}
