using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaceAspire.Vision;

/// <summary>What the vision core tells of its work. Costs next to nothing while nobody listens.</summary>
public static class VisionTelemetry
{
    /// <summary>Name of the source of activities: <c>decode</c>, <c>detect</c>, <c>align</c>, and <c>run</c> of a network, with its <c>model</c> and <c>batch</c>;
    /// and of the meter.</summary>
    public const string SourceName = "FaceAspire.Vision";

    private static readonly Meter _meter = new(SourceName);

    // From a small recogniser's fraction of a millisecond to a large one on a busy machine, in seconds.
    private static readonly double[] _inferenceBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private static readonly int[] _faceBuckets = [0, 1, 2, 5, 10, 20, 50, 100, 500];

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>Seconds that one run of a network took, by <c>model</c>.</summary>
    internal static Histogram<double> InferenceDuration { get; } = _meter.CreateHistogram(
        "faceaspire.inference.duration", "s", "How long one run of a network takes.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = _inferenceBuckets });

    /// <summary>Faces found in one picture, by <c>detector</c>.</summary>
    internal static Histogram<int> FacesPerImage { get; } = _meter.CreateHistogram(
        "faceaspire.detection.faces", "{face}", "Faces found in one picture.", tags: null, new InstrumentAdvice<int> { HistogramBucketBoundaries = _faceBuckets });

    /// <summary>Pieces of work that wait for a core.</summary>
    internal static UpDownCounter<int> QueueLength { get; } = _meter.CreateUpDownCounter<int>(
        "faceaspire.compute.queue.length", "{request}", "Pieces of work that wait for a free core.");
}
