namespace FaceAspire.Recognition.Caching;

/// <summary>What a request lets the embedding cache do.</summary>
internal enum CachePolicy
{
    /// <summary>Answer from it, and fill it.</summary>
    Use,

    /// <summary>Compute afresh, and store that (<c>Cache-Control: no-cache</c>).</summary>
    Refresh,

    /// <summary>Neither read nor store (<c>Cache-Control: no-store</c>).</summary>
    Ignore,
}
