using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;
using FaceAspire.Recognition.Caching;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Answers <c>verify</c> of a subject: does a picture show this person. All faces of both sides are compared, and the closest pair counts.</summary>
internal sealed class SubjectVerifier(IFaceGallery galleries, GalleryPlans plans, FaceRepresenter representer, RecognitionDefaults defaults)
{
    public async Task<SubjectVerifyResponse> VerifyAsync(string gallery, string subject, SubjectVerifyRequest request, CacheUse use, Caller caller, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        _ = await galleries.RequireSubjectAsync(gallery, subject, cancellationToken);
        var entry = await galleries.RequireGalleryAsync(gallery, cancellationToken);
        var plan = await plans.ForSearchAsync(gallery, entry, request.Choice, request.EnforceDetection, maxFaces: null, caller, cancellationToken);
        var rule = new MatchRule(plan, request.DistanceMetric ?? defaults.Metric, request.Threshold);
        var probes = ProbeSearch.Bounded(await representer.EmbedOrTakeAsync(request.Img, plan, request.AntiSpoofing, use, cancellationToken));
        var matches = await galleries.SearchProbesAsync(gallery, plan, probes, new(rule.Metric, TopK: 1) { Subjects = [subject] }, cancellationToken);
        var pairs = probes.Zip(matches).Where(static pair => pair.Second.Count > 0).Select(static pair => (Probe: pair.First, Match: pair.Second[0])).ToList();
        if (pairs.Count == 0)
        {
            throw new FaceAspireException(ErrorCode.NotFound, $"The subject '{subject}' has no face with an embedding of {plan.Model.Name}.");
        }

        var (probe, match) = pairs.MinBy(static pair => pair.Match.Distance);
        return new(
            Success: true,
            Verified: match.Distance <= rule.Threshold,
            match.Distance,
            rule.Threshold,
            rule.ConfidenceOf(match.Distance),
            plan.Model.Name,
            plan.Detector,
            ApiNames.Metrics.NameOf(rule.Metric),
            ApiNames.Alignments.NameOf(plan.Alignment),
            new(AreaOf(probe.Area, probe.Confidence), AreaOf(match.Face.Area, match.Face.Confidence)),
            subject,
            match.Face.Id,
            Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 4));
    }

    private static FacialArea AreaOf(FacialArea area, double confidence) => area == FaceEmbedding.UnknownArea ? area : area with { Confidence = confidence };
}
