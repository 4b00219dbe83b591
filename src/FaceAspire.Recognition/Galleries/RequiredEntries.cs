using System.Globalization;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery;

namespace FaceAspire.Recognition.Galleries;

/// <summary>What a request names, for requests that cannot go on without it.</summary>
internal static class RequiredEntries
{
    /// <summary>The gallery.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.NotFound"/>.</exception>
    public static async Task<GalleryEntry> RequireGalleryAsync(this IFaceGallery galleries, string gallery, CancellationToken cancellationToken) =>
        (GalleryNames.IsGallery(gallery) ? await galleries.FindGalleryAsync(gallery, cancellationToken) : null) ?? throw NoGallery(gallery);

    /// <summary>The subject of a gallery.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.NotFound"/>.</exception>
    public static async Task<SubjectEntry> RequireSubjectAsync(this IFaceGallery galleries, string gallery, string subject, CancellationToken cancellationToken)
    {
        await galleries.RequireGalleryAsync(gallery, cancellationToken);
        return (GalleryNames.IsSubject(subject) ? await galleries.FindSubjectAsync(gallery, subject, cancellationToken) : null) ?? throw NoSubject(gallery, subject);
    }

    /// <summary>The face of a gallery.</summary>
    /// <param name="galleries">The store.</param>
    /// <param name="gallery">The gallery.</param>
    /// <param name="face">Its id as it was sent.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.NotFound"/>.</exception>
    public static async Task<EnrolledFace> RequireFaceAsync(this IFaceGallery galleries, string gallery, string face, CancellationToken cancellationToken)
    {
        await galleries.RequireGalleryAsync(gallery, cancellationToken);
        return (long.TryParse(face, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? await galleries.FindFaceAsync(gallery, id, cancellationToken) : null)
            ?? throw NoFace(gallery);
    }

    /// <summary>Says that there is no such gallery.</summary>
    public static FaceAspireException NoGallery(string gallery) => new(ErrorCode.NotFound, $"There is no gallery '{Shown(gallery)}'.");

    /// <summary>Says that there is no such subject.</summary>
    public static FaceAspireException NoSubject(string gallery, string subject) => new(ErrorCode.NotFound, $"The gallery '{gallery}' has no subject '{Shown(subject)}'.");

    /// <summary>Says that there are no such embeddings.</summary>
    public static FaceAspireException NoSpace(string gallery) => new(ErrorCode.NotFound, $"The gallery '{gallery}' has no such space.");

    /// <summary>Says that there is no such face.</summary>
    public static FaceAspireException NoFace(string gallery) => new(ErrorCode.NotFound, $"The gallery '{gallery}' has no such face.");

    // A name that is none may be as long as a request's line.
    private static string Shown(string name) => name.Length <= GalleryNames.MaxSubjectLength ? name : $"{name.AsSpan(0, GalleryNames.MaxSubjectLength)}…";
}
