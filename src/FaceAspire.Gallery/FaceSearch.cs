using FaceAspire.Contracts.Names;

namespace FaceAspire.Gallery;

/// <summary>What a search is to find.</summary>
/// <param name="Metric">How distances are measured.</param>
/// <param name="TopK">Most faces wanted of each probe, at least 1.</param>
public sealed record FaceSearch(DistanceMetric Metric, int TopK)
{
    /// <summary>Largest distance wanted.</summary>
    public double MaxDistance { get; init; } = double.PositiveInfinity;

    /// <summary>Only faces of these subjects; null for all.</summary>
    public IReadOnlyCollection<string>? Subjects { get; init; }

    /// <summary>Only faces of subjects whose metadata has all of these; null for all.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>A face that was found.</summary>
/// <param name="Face">The face.</param>
/// <param name="Distance">Its distance to the probe, as <see cref="Vision.Recognition.EmbeddingDistance"/> has it.</param>
public readonly record struct FaceMatch(EnrolledFace Face, double Distance);

/// <summary>A face with one embedding.</summary>
/// <param name="Face">The face.</param>
/// <param name="Embedding">Its embedding of the space asked for; null when it has none.</param>
public readonly record struct StoredFace(EnrolledFace Face, Vision.Recognition.Embedding? Embedding);
