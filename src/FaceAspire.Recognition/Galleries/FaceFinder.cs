using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;
using FaceAspire.Recognition.Caching;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Answers <c>find</c>: the enrolled faces that are near enough to those of a picture.</summary>
internal sealed class FaceFinder(IFaceGallery galleries, GalleryPlans plans, FaceRepresenter representer, RecognitionDefaults defaults, IOptions<ImageOptions> images)
{
    private readonly string? _folder = images.Value.FacesDbPath is { Length: > 0 } folder ? folder : null;

    public async Task<FindResponse> FindAsync(FindRequest request, CacheUse use, Caller caller, CancellationToken cancellationToken)
    {
        string gallery = request.Gallery ?? GalleryNames.Default;
        var entry = await OpenAsync(gallery, cancellationToken);
        var plan = await plans.ForSearchAsync(gallery, entry, request.Choice, request.EnforceDetection, request.MaxFaces, caller, cancellationToken);
        var rule = new MatchRule(plan, request.DistanceMetric ?? defaults.Metric, request.Threshold);
        var probes = ProbeSearch.Bounded(await representer.EmbedAsync(request.Img, plan, request.AntiSpoofing, use, cancellationToken));
        var matches = await galleries.SearchProbesAsync(gallery, plan, probes, new(rule.Metric, request.TopK) { MaxDistance = rule.Threshold }, cancellationToken);
        return new(
            Success: true,
            probes.Count,
            plan.Model.Name,
            plan.Detector,
            ApiNames.Metrics.NameOf(rule.Metric),
            ApiNames.Alignments.NameOf(plan.Alignment),
            [.. probes.Zip(matches, (probe, found) => (IReadOnlyList<FoundFace>)[.. found.Select(match => Row(gallery, probe.Area, match, rule))])]);
    }

    /// <summary>The gallery; null for that of the folder before its first face.</summary>
    private async Task<GalleryEntry?> OpenAsync(string gallery, CancellationToken cancellationToken)
    {
        if (gallery != GalleryNames.Default)
        {
            return await galleries.RequireGalleryAsync(gallery, cancellationToken);
        }

        if (_folder is not null && !Directory.Exists(_folder))
        {
            throw new FaceAspireException(ErrorCode.DbNotFound, "The folder of FACES_DB_PATH does not exist.");
        }

        var entry = await galleries.FindGalleryAsync(gallery, cancellationToken);
        return _folder is not null || entry is { Faces: > 0 }
            ? entry
            : throw new FaceAspireException(
                ErrorCode.ServiceUnavailable, "FACES_DB_PATH is not configured, and nobody was enrolled in the default gallery. Set it, enrol faces, or name a gallery.");
    }

    private FoundFace Row(string gallery, FacialArea source, FaceMatch match, MatchRule rule)
    {
        var face = match.Face;
        return new(
            IdentityOf(gallery, face),
            match.Distance,
            rule.Threshold,
            rule.ConfidenceOf(match.Distance),
            face.ContentHash,
            face.Area.X,
            face.Area.Y,
            face.Area.W,
            face.Area.H,
            source.X,
            source.Y,
            source.W,
            source.H,
            face.Subject,
            face.Id);
    }

    /// <summary>The path as DeepFace has it, of a face of the folder: <c>FACES_DB_PATH</c> as it was configured, and the file in it.</summary>
    private string IdentityOf(string gallery, EnrolledFace face) => _folder is not null && gallery == GalleryNames.Default && face.Source is { } source
        ? $"{Path.TrimEndingDirectorySeparator(_folder)}/{source}"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{face.Subject}/{face.Id}");
}
