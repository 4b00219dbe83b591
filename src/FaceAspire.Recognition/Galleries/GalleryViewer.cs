using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Shows what galleries hold.</summary>
internal sealed class GalleryViewer(IFaceGallery galleries, FolderSyncStatus folder)
{
    public async Task<GalleriesResponse> ListGalleriesAsync(CancellationToken cancellationToken)
    {
        var all = await galleries.ListGalleriesAsync(cancellationToken);
        return new(Success: true, all.Count, [.. all.Select(static entry => entry.ToDetails())]);
    }

    public async Task<GalleryResponse> ShowGalleryAsync(string gallery, CancellationToken cancellationToken)
    {
        var details = (await galleries.RequireGalleryAsync(gallery, cancellationToken)).ToDetails();
        return new(Success: true, gallery == GalleryNames.Default && folder.Progress is { } progress
            ? details with { Folder = progress.ToDetails(progress.FirstProblems) }
            : details);
    }

    public async Task<SubjectsResponse> ListSubjectsAsync(string gallery, PageQuery page, CancellationToken cancellationToken)
    {
        await galleries.RequireGalleryAsync(gallery, cancellationToken);
        var subjects = await galleries.ListSubjectsAsync(gallery, page.After, page.Limit, cancellationToken);
        return new(Success: true, subjects.Count, [.. subjects.Select(static entry => entry.ToDetails())], subjects.Count == page.Limit ? subjects[^1].Name : null);
    }

    public async Task<SubjectResponse> ShowSubjectAsync(string gallery, string subject, CancellationToken cancellationToken) =>
        new(Success: true, (await galleries.RequireSubjectAsync(gallery, subject, cancellationToken)).ToDetails());

    public async Task<FacesResponse> ListFacesAsync(string gallery, string subject, PageQuery page, CancellationToken cancellationToken)
    {
        long after = page.AfterFace();
        await galleries.RequireSubjectAsync(gallery, subject, cancellationToken);
        var faces = await galleries.ListFacesAsync(gallery, subject, after, page.Limit, cancellationToken);
        return new(Success: true, faces.Count, [.. faces.Select(static face => face.ToDetails())], faces.Count == page.Limit ? faces[^1].Id : null);
    }

    public async Task<FaceResponse> ShowFaceAsync(string gallery, string face, CancellationToken cancellationToken) =>
        new(Success: true, (await galleries.RequireFaceAsync(gallery, face, cancellationToken)).ToDetails());

    /// <summary>A face's thumbnail (JPEG).</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.NotFound"/>: there is no such face, or it was enrolled as an embedding.</exception>
    public async Task<ReadOnlyMemory<byte>> ShowThumbnailAsync(string gallery, string face, CancellationToken cancellationToken)
    {
        var found = await galleries.RequireFaceAsync(gallery, face, cancellationToken);
        return await galleries.ReadThumbnailAsync(gallery, found.Id, cancellationToken)
            ?? throw new FaceAspireException(ErrorCode.NotFound, "This face has no thumbnail: an embedding was enrolled.");
    }
}
