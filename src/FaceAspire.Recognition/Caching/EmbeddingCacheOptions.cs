using System.ComponentModel.DataAnnotations;
using FaceAspire.Gallery.Redis;

namespace FaceAspire.Recognition.Caching;

/// <summary>How long and how much of the embeddings is kept, and where. Read from the environment once, at start.</summary>
public sealed class EmbeddingCacheOptions : IValidatableObject
{
    /// <summary>How long the embeddings of a picture are kept, in seconds; 0 switches the cache off.</summary>
    [ConfigurationKeyName("EMBEDDING_CACHE_TTL_SECONDS"), Range(0, 31_536_000)]
    public int TtlSeconds { get; set; } = 86_400;

    /// <summary>Memory of this process for embeddings, in MiB; when it is full, what was not used for longest goes.</summary>
    [ConfigurationKeyName("EMBEDDING_CACHE_MB"), Range(1, 65_536)]
    public int Megabytes { get; set; } = 256;

    /// <summary>Redis that the replicas of the service share, as StackExchange.Redis writes it; without it embeddings are kept in memory only. Holds a password.</summary>
    [ConfigurationKeyName("ConnectionStrings:cache")]
    public string? Redis { get; set; }

    /// <summary>Whether there is a second tier.</summary>
    internal bool UsesRedis => TtlSeconds > 0 && Redis is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Redis is not null && !RedisSettings.IsValid(Redis))
        {
            yield return new("ConnectionStrings__cache: must be a connection string of StackExchange.Redis such as host:6379,password=… (its value is not shown)");
        }
    }
}
