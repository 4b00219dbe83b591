namespace FaceAspire.Gallery;

/// <summary>A gallery in figures.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Subjects">How many subjects it holds.</param>
/// <param name="Faces">How many faces.</param>
/// <param name="Spaces">The spaces that its faces have embeddings of, the active one first; empty before the first face.</param>
/// <param name="CreatedAt">When it was made, in whole milliseconds.</param>
public sealed record GalleryEntry(string Name, int Subjects, int Faces, IReadOnlyList<GallerySpace> Spaces, DateTimeOffset CreatedAt)
{
    /// <summary>The space that is searched when a request names none; null before the first face.</summary>
    public EmbeddingSpace? ActiveSpace => Spaces is [{ IsActive: true } first, ..] ? first.Space : null;
}

/// <summary>One space of a gallery.</summary>
/// <param name="Space">The space.</param>
/// <param name="Faces">How many faces have an embedding of it.</param>
/// <param name="IsComplete">Whether every face that can have one has one: only such a space should be searched. That of the first face is from the start; others become so by <see cref="IFaceGallery.CompleteSpaceAsync"/>.</param>
/// <param name="IsActive">Whether it is the one that is searched when a request names none.</param>
public sealed record GallerySpace(EmbeddingSpace Space, int Faces, bool IsComplete, bool IsActive);

/// <summary>A person of a gallery.</summary>
/// <param name="Name">The name, unique in the gallery, with regard to case.</param>
/// <param name="Faces">How many faces of this person are kept.</param>
/// <param name="Metadata">What else is known, by name.</param>
/// <param name="CreatedAt">When the first face came, in whole milliseconds.</param>
public sealed record SubjectEntry(string Name, int Faces, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset CreatedAt);

/// <summary>What is known of a file of a gallery's folder.</summary>
/// <param name="Path">Relative to the folder, with <c>/</c> between its parts.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When it was last written.</param>
/// <param name="ContentHash">SHA-256 of its bytes; null when it could not be read.</param>
/// <param name="Faces">How many faces were enrolled from it.</param>
/// <param name="Problem">Why there are none, in words for the operator; null when there are some.</param>
/// <param name="SpaceKey"><see cref="EmbeddingSpace.Key"/> of the space it was last read for.</param>
public sealed record FolderFile(string Path, long Size, DateTimeOffset ModifiedAt, string? ContentHash, int Faces, string? Problem, string SpaceKey);
