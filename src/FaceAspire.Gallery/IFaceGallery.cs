using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery;

/// <summary>Keeps enrolled faces, in galleries by name, and searches them. Safe for many callers at once. A change is durable when its task ends, and part of every search
/// that begins afterwards in the same process.</summary>
/// <remarks>Names have been checked by the caller (<see cref="GalleryNames"/>). Things that are not there are null, false or empty, never an exception. Every member throws
/// <see cref="Contracts.Errors.FaceAspireException"/> with <c>service_unavailable</c> while the store cannot be reached. Names and paths are ordered by code point, that is by the
/// bytes of UTF-8. A space begins with its first embedding and stays until it is deleted or the gallery's last face goes: a gallery without faces is as a new one.</remarks>
public interface IFaceGallery
{
    /// <summary>Most spaces of a gallery: each has a vector of every face.</summary>
    const int MaxSpaces = 4;

    /// <summary>All galleries, by name.</summary>
    Task<IReadOnlyList<GalleryEntry>> ListGalleriesAsync(CancellationToken cancellationToken);

    /// <summary>One gallery.</summary>
    Task<GalleryEntry?> FindGalleryAsync(string gallery, CancellationToken cancellationToken);

    /// <summary>Makes an empty gallery; false when it was there.</summary>
    Task<bool> CreateGalleryAsync(string gallery, CancellationToken cancellationToken);

    /// <summary>Removes a gallery and everything in it, its folder's files in the list included.</summary>
    /// <returns>Whether it was there, or something of it that an earlier removal has left.</returns>
    Task<bool> DeleteGalleryAsync(string gallery, CancellationToken cancellationToken);

    /// <summary>A text that was kept beside the galleries under a name; null when there is none.</summary>
    Task<string?> ReadNoteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Keeps a text beside the galleries, for whoever keeps them up; replaces what had the name.</summary>
    Task WriteNoteAsync(string name, string text, CancellationToken cancellationToken);

    /// <summary>Subjects by name, of those behind <paramref name="after"/> the first <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<SubjectEntry>> ListSubjectsAsync(string gallery, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>One subject.</summary>
    Task<SubjectEntry?> FindSubjectAsync(string gallery, string subject, CancellationToken cancellationToken);

    /// <summary>Replaces what is known of a subject besides its faces.</summary>
    Task<bool> SetMetadataAsync(string gallery, string subject, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>Gives a subject another name, or, where that name is taken and <paramref name="mayMerge"/> allows it, gives that subject its faces too; faces that both have of
    /// one picture are kept once, metadata of the one that stays wins.</summary>
    Task<SubjectMove> MoveSubjectAsync(string gallery, string subject, string newName, bool mayMerge, CancellationToken cancellationToken);

    /// <summary>Removes a subject and its faces. Nothing of them can be read from the store's files afterwards.</summary>
    Task<bool> DeleteSubjectAsync(string gallery, string subject, CancellationToken cancellationToken);

    /// <summary>Faces by id, of one subject or (null) of all, of those behind <paramref name="after"/> the first <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<EnrolledFace>> ListFacesAsync(string gallery, string? subject, long after, int limit, CancellationToken cancellationToken);

    /// <summary>One face.</summary>
    Task<EnrolledFace?> FindFaceAsync(string gallery, long face, CancellationToken cancellationToken);

    /// <summary>The faces of a picture, by id.</summary>
    Task<IReadOnlyList<EnrolledFace>> FindFacesOfAsync(string gallery, string contentHash, CancellationToken cancellationToken);

    /// <summary>A face's thumbnail (JPEG).</summary>
    Task<ReadOnlyMemory<byte>?> ReadThumbnailAsync(string gallery, long face, CancellationToken cancellationToken);

    /// <summary>Keeps faces, all or none. A gallery or subject that is not there is made; the space of a gallery's first face becomes its active one. Those of spaces that the
    /// gallery does not have begin them, incomplete. A face that is known by its file is kept for itself once it is enrolled without one.</summary>
    /// <returns>One result for each, in order; the face as it is kept in the end, when it is among them twice.</returns>
    /// <exception cref="Contracts.Errors.FaceAspireException"><c>validation_error</c>: the gallery would have more than <see cref="MaxSpaces"/> spaces.</exception>
    Task<IReadOnlyList<EnrolResult>> EnrolAsync(string gallery, IReadOnlyList<FaceEnrolment> faces, CancellationToken cancellationToken);

    /// <summary>Gives a face another subject and source, keeping id and embeddings: a file was renamed. The old subject goes when it has no face left.</summary>
    /// <returns>False when there is no such face, or the subject has that face of that picture already; then nothing is changed.</returns>
    Task<bool> MoveFaceAsync(string gallery, long face, string subject, string? source, CancellationToken cancellationToken);

    /// <summary>Removes faces, all or none, and subjects that have none left. Nothing of them can be read from the store's files afterwards.</summary>
    /// <returns>How many were there.</returns>
    Task<int> DeleteFacesAsync(string gallery, IReadOnlyList<long> faces, CancellationToken cancellationToken);

    /// <summary>The faces of a gallery by id, each with its embedding of a space, as they are when reached.</summary>
    IAsyncEnumerable<StoredFace> StreamAsync(string gallery, EmbeddingSpace? space, CancellationToken cancellationToken);

    /// <summary>Adds embeddings to faces that are there, replacing those of the same space; faces that are gone are skipped. A space that the gallery does not have begins, incomplete.</summary>
    /// <exception cref="Contracts.Errors.FaceAspireException"><c>validation_error</c>: the gallery would have more than <see cref="MaxSpaces"/> spaces.</exception>
    Task AddEmbeddingsAsync(string gallery, EmbeddingSpace space, IReadOnlyList<(long Face, Embedding Embedding)> embeddings, CancellationToken cancellationToken);

    /// <summary>Says that every face that can have an embedding of a space has one; with <paramref name="activate"/> that it is the one to be searched from now on.</summary>
    /// <returns>False when the gallery has no such space.</returns>
    Task<bool> CompleteSpaceAsync(string gallery, EmbeddingSpace space, bool activate, CancellationToken cancellationToken);

    /// <summary>Removes the embeddings of a space; false, and nothing is removed, when it is active, not there, or some face has no other embedding.</summary>
    Task<bool> DeleteSpaceAsync(string gallery, EmbeddingSpace space, CancellationToken cancellationToken);

    /// <summary>The nearest faces of each probe, nearest first, equal distances by id.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="space">The space of the probes; empty results when the gallery does not have it. One that is not complete is searched as far as it goes: whether that will do
    /// is the caller's to say.</param>
    /// <param name="probes">Vectors of the space's dimension.</param>
    /// <param name="search">What is wanted.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>One list for each probe.</returns>
    Task<IReadOnlyList<IReadOnlyList<FaceMatch>>> SearchAsync(
        string gallery, EmbeddingSpace space, IReadOnlyList<Embedding> probes, FaceSearch search, CancellationToken cancellationToken);

    /// <summary>The files of a gallery's folder that were read, by path.</summary>
    IAsyncEnumerable<FolderFile> ListFilesAsync(string gallery, CancellationToken cancellationToken);

    /// <summary>Notes what was found in files, replacing what was known of the same paths. A gallery that is not there is made.</summary>
    Task PutFilesAsync(string gallery, IReadOnlyList<FolderFile> files, CancellationToken cancellationToken);

    /// <summary>Forgets files; their faces stay.</summary>
    Task RemoveFilesAsync(string gallery, IReadOnlyList<string> paths, CancellationToken cancellationToken);
}
