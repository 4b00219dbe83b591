using FaceAspire.Contracts.Names;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;

namespace FaceAspire.Recognition.Galleries;

/// <summary>The search of a request's faces.</summary>
internal static class ProbeSearch
{
    /// <summary>Most faces of a picture that are searched for.</summary>
    public const int MaxProbes = 64;

    /// <summary>The faces of a picture that are searched for: all, or of more than <see cref="MaxProbes"/> the largest, largest first.</summary>
    public static IReadOnlyList<FaceEmbedding> Bounded(IReadOnlyList<FaceEmbedding> faces) => faces.Count <= MaxProbes
        ? faces
        : [.. faces.OrderByDescending(static face => (long)(face.Area.W ?? 0) * (face.Area.H ?? 0)).Take(MaxProbes)];

    /// <summary>The nearest faces of all probes, found in one pass.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<FaceMatch>>> SearchProbesAsync(
        this IFaceGallery galleries, string gallery, RecognitionPlan plan, IReadOnlyList<FaceEmbedding> probes, FaceSearch search, CancellationToken cancellationToken)
    {
        using var activity = RecognitionTelemetry.Source.StartActivity("search");
        activity?.SetTag("metric", ApiNames.Metrics.NameOf(search.Metric)).SetTag("probes", probes.Count);
        return await galleries.SearchAsync(gallery, plan.Space, [.. probes.Select(static probe => probe.Embedding)], search, cancellationToken);
    }
}
