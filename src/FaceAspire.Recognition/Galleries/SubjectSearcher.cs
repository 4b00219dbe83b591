using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.Recognition.Caching;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Answers <c>search</c>: who the faces of a picture may be.</summary>
internal sealed class SubjectSearcher(IFaceGallery galleries, GalleryPlans plans, FaceRepresenter representer, RecognitionDefaults defaults)
{
    // Subjects have a few faces each, so this is enough at once for nearly every search.
    private const int FacesPerSubject = 8;

    // One subject may have all of the nearest faces. No search looks at more of them than this, for all faces of its picture together.
    private const int MostFaces = 65_536;

    public async Task<SearchResponse> SearchAsync(string gallery, SearchRequest request, CacheUse use, Caller caller, CancellationToken cancellationToken)
    {
        var entry = await galleries.RequireGalleryAsync(gallery, cancellationToken);
        var plan = await plans.ForSearchAsync(gallery, entry, request.Choice, request.EnforceDetection, request.MaxFaces, caller, cancellationToken);
        var rule = new MatchRule(plan, request.DistanceMetric ?? defaults.Metric, request.Threshold);
        var probes = ProbeSearch.Bounded(await representer.EmbedOrTakeAsync(request.Img, plan, request.AntiSpoofing, use, cancellationToken));
        var search = new FaceSearch(rule.Metric, Math.Min(MostFaces / probes.Count, request.TopK * FacesPerSubject))
        {
            MaxDistance = rule.Threshold,
            Subjects = request.Subjects,
            Metadata = request.Metadata,
        };
        var subjects = await FindAsync(gallery, plan, probes, search, request.TopK, cancellationToken);
        return new(
            Success: true,
            probes.Count,
            plan.Model.Name,
            plan.Detector,
            ApiNames.Metrics.NameOf(rule.Metric),
            ApiNames.Alignments.NameOf(plan.Alignment),
            rule.Threshold,
            [.. probes.Zip(subjects, (probe, found) => new SearchedFace(probe.Area, probe.Confidence, [.. found.Select(match => Row(match, rule))]))]);
    }

    private static FoundSubject Row(FaceMatch match, MatchRule rule) => new(match.Face.Subject, match.Distance, rule.ConfidenceOf(match.Distance), match.Face.Id);

    /// <summary>The nearest face of each of the nearest subjects: more faces are looked at until there are subjects enough, or no more faces.</summary>
    private async Task<List<IReadOnlyList<FaceMatch>>> FindAsync(
        string gallery, RecognitionPlan plan, IReadOnlyList<FaceEmbedding> probes, FaceSearch search, int wanted, CancellationToken cancellationToken)
    {
        int most = MostFaces / probes.Count;
        while (true)
        {
            var matches = await galleries.SearchProbesAsync(gallery, plan, probes, search, cancellationToken);
            List<IReadOnlyList<FaceMatch>> subjects = [.. matches.Select(found => (IReadOnlyList<FaceMatch>)[.. found.DistinctBy(static match => match.Face.Subject).Take(wanted)])];
            bool isWhole = matches.Zip(subjects).All(pair => pair.First.Count < search.TopK || pair.Second.Count == wanted);
            if (isWhole || search.TopK == most)
            {
                return subjects;
            }

            search = search with { TopK = Math.Min(most, search.TopK * FacesPerSubject) };
        }
    }
}
