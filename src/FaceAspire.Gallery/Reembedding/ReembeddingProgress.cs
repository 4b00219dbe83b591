namespace FaceAspire.Gallery.Reembedding;

/// <summary>How far the faces of a gallery have an embedding of another space.</summary>
/// <param name="Missing">Faces that had none when the work began.</param>
/// <param name="Embedded">How many got one.</param>
/// <param name="Impossible">How many cannot: no thumbnail is kept of them, or one that cannot be read.</param>
public sealed record ReembeddingProgress(int Missing, int Embedded, int Impossible);
