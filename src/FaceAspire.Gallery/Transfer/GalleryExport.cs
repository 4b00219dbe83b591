namespace FaceAspire.Gallery.Transfer;

/// <summary>What an export tells of each face besides who and where it is.</summary>
public sealed record GalleryExport
{
    /// <summary>Whether thumbnails are written.</summary>
    public bool Thumbnails { get; init; } = true;

    /// <summary>Whether embeddings are written.</summary>
    public bool Embeddings { get; init; } = true;

    /// <summary>The space of the embeddings; null for the gallery's active one.</summary>
    public EmbeddingSpace? Space { get; init; }
}
