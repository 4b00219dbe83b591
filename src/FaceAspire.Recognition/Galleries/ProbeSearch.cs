using FaceAspire.Contracts.Names;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;

namespace FaceAspire.Recognition.Galleries;

/// <summary>The search of a request's faces.</summary>
internal static class ProbeSearch
{
    /// <summary>The nearest faces of all probes, found in one pass.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<FaceMatch>>> SearchProbesAsync(
        this IFaceGallery galleries, string gallery, RecognitionPlan plan, IReadOnlyList<FaceEmbedding> probes, FaceSearch search, CancellationToken cancellationToken)
    {
        using var activity = RecognitionTelemetry.Source.StartActivity("search");
        activity?.SetTag("metric", ApiNames.Metrics.NameOf(search.Metric)).SetTag("probes", probes.Count);
        return await galleries.SearchAsync(gallery, plan.Space, [.. probes.Select(static probe => probe.Embedding)], search, cancellationToken);
    }
}
