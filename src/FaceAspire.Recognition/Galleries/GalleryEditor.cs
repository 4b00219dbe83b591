using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Makes and removes galleries, renames, merges and removes subjects, removes faces.</summary>
internal sealed class GalleryEditor(IFaceGallery galleries, GalleryAudit audit)
{
    public async Task<GalleryResponse> CreateGalleryAsync(string gallery, Caller caller, CancellationToken cancellationToken)
    {
        NameErrors.ThrowIfInvalid(gallery);
        if (await galleries.CreateGalleryAsync(gallery, cancellationToken))
        {
            audit.Changed(caller, "create_gallery", gallery, subject: null, faces: 0);
        }

        return new(Success: true, (await galleries.RequireGalleryAsync(gallery, cancellationToken)).ToDetails());
    }

    public async Task<DeletedResponse> DeleteGalleryAsync(string gallery, Caller caller, CancellationToken cancellationToken)
    {
        var entry = await galleries.RequireGalleryAsync(gallery, cancellationToken);
        if (!await galleries.DeleteGalleryAsync(gallery, cancellationToken))
        {
            throw RequiredEntries.NoGallery(gallery); // somebody else was quicker
        }

        audit.Changed(caller, "delete_gallery", gallery, subject: null, entry.Faces);
        return new(Success: true, entry.Faces);
    }

    public async Task<DeletedResponse> DeleteSpaceAsync(string gallery, string key, Caller caller, CancellationToken cancellationToken)
    {
        var entry = await galleries.RequireGalleryAsync(gallery, cancellationToken);
        var space = entry.Spaces.FirstOrDefault(space => space.Space.Key == key) ?? throw RequiredEntries.NoSpace(gallery);
        if (space.IsActive)
        {
            throw FaceAspireException.OfField("space", "is the one that the gallery is searched in");
        }

        if (!await galleries.DeleteSpaceAsync(gallery, space.Space, cancellationToken))
        {
            throw FaceAspireException.OfField("space", "has the only embeddings of some faces, or is gone");
        }

        audit.Changed(caller, "delete_space", gallery, subject: null, faces: 0);
        return new(Success: true, FacesDeleted: 0);
    }

    public async Task<SubjectResponse> ChangeSubjectAsync(string gallery, string subject, SubjectChangeRequest change, Caller caller, CancellationToken cancellationToken)
    {
        NameErrors.ThrowIfInvalid(gallery, ("name", change.Name));
        var entry = await galleries.RequireSubjectAsync(gallery, subject, cancellationToken);
        string? into = change.Name ?? change.MergeInto;
        await CheckTargetAsync(gallery, subject, change, cancellationToken);
        var changed = into is null || into == subject ? entry : await MoveSubjectAsync(gallery, subject, into, mayMerge: change.MergeInto is not null, cancellationToken);
        if (change.Metadata is { } metadata && await galleries.SetMetadataAsync(gallery, changed.Name, metadata, cancellationToken))
        {
            changed = changed with { Metadata = metadata };
        }

        if (changed.Name != subject)
        {
            audit.Changed(caller, change.MergeInto is null ? "rename_subject" : "merge_subject", gallery, subject, entry.Faces, changed.Name);
        }
        else if (change.Metadata is not null)
        {
            audit.Changed(caller, "set_metadata", gallery, subject, faces: 0);
        }

        return new(Success: true, changed.ToDetails());
    }

    public async Task<DeletedResponse> DeleteSubjectAsync(string gallery, string subject, Caller caller, CancellationToken cancellationToken)
    {
        var entry = await galleries.RequireSubjectAsync(gallery, subject, cancellationToken);
        if (!await galleries.DeleteSubjectAsync(gallery, subject, cancellationToken))
        {
            throw RequiredEntries.NoSubject(gallery, subject);
        }

        audit.Changed(caller, "delete_subject", gallery, subject, entry.Faces);
        return new(Success: true, entry.Faces);
    }

    public async Task<DeletedResponse> DeleteFaceAsync(string gallery, string face, Caller caller, CancellationToken cancellationToken)
    {
        var found = await galleries.RequireFaceAsync(gallery, face, cancellationToken);
        if (await galleries.DeleteFacesAsync(gallery, [found.Id], cancellationToken) == 0)
        {
            throw RequiredEntries.NoFace(gallery);
        }

        audit.Changed(caller, "delete_face", gallery, found.Subject, faces: 1);
        return new(Success: true, FacesDeleted: 1);
    }

    private async Task<SubjectEntry> MoveSubjectAsync(string gallery, string subject, string into, bool mayMerge, CancellationToken cancellationToken)
    {
        var (moved, isTaken) = await galleries.MoveSubjectAsync(gallery, subject, into, mayMerge, cancellationToken);
        return isTaken ? throw Taken(gallery) : moved ?? throw RequiredEntries.NoSubject(gallery, subject);
    }

    /// <summary>A new name must be free, and who is to get the faces must be there and another.</summary>
    private async Task CheckTargetAsync(string gallery, string subject, SubjectChangeRequest change, CancellationToken cancellationToken)
    {
        if (change.Name is { } name && name != subject && await galleries.FindSubjectAsync(gallery, name, cancellationToken) is not null)
        {
            throw Taken(gallery);
        }

        if (change.MergeInto is { } target)
        {
            if (target == subject)
            {
                throw FaceAspireException.OfField("merge_into", "must be another subject");
            }

            _ = await galleries.RequireSubjectAsync(gallery, target, cancellationToken);
        }
    }

    private static FaceAspireException Taken(string gallery) => FaceAspireException.OfField("name", $"the gallery '{gallery}' has a subject of that name; merge_into gives it these faces");
}
