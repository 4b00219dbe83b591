using FaceAspire.Contracts.Names;

namespace FaceAspire.Gallery.Search;

/// <summary>What a search of an index is to find.</summary>
/// <param name="Metric">How distances are measured.</param>
/// <param name="TopK">Most rows wanted of each probe, at least 1.</param>
/// <param name="MaxDistance">Largest distance wanted.</param>
/// <param name="IsWanted">Whether a row counts, by face and subject; called by many threads at once. Null: all do.</param>
internal sealed record VectorSearch(DistanceMetric Metric, int TopK, double MaxDistance = double.PositiveInfinity, Func<long, long, bool>? IsWanted = null);

/// <summary>A row that was found.</summary>
/// <param name="Row">Where it is.</param>
/// <param name="Face">Its face.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Distance">As <see cref="Vision.Recognition.EmbeddingDistance"/> has it, rounded to six decimals; rows are ordered by the distance before rounding.</param>
internal readonly record struct VectorHit(int Row, long Face, long Subject, double Distance);

/// <summary>A row of the file does not hold what was written there.</summary>
internal sealed class DamagedRowException(int row) : Exception($"Row {row} of the index is damaged.")
{
    /// <summary>Which one.</summary>
    public int Row { get; } = row;
}
