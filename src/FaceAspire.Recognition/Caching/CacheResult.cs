namespace FaceAspire.Recognition.Caching;

/// <summary>How one picture got its embeddings.</summary>
internal enum CacheResult
{
    /// <summary>From the cache.</summary>
    Hit,

    /// <summary>Computed, by this request or by another one for the same picture.</summary>
    Miss,

    /// <summary>Computed, because the request wanted it so.</summary>
    Bypass,
}
