namespace FaceAspire.Recognition.Caching;

/// <summary>Carries embeddings past the cache to all who wait for them: there are too many to be kept. HybridCache stores whatever its factory returns, one way or another,
/// and would count an entry over the limit as nothing.</summary>
internal sealed class UncacheableException(IReadOnlyList<FaceEmbedding> faces) : Exception("The embeddings of this picture are too many to be cached.")
{
    /// <summary>The embeddings.</summary>
    public IReadOnlyList<FaceEmbedding> Faces { get; } = faces;
}
