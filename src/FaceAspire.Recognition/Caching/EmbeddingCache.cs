using System.Buffers;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Reading;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Caching;

/// <summary>Embeddings of pictures seen before: in memory, and in Redis where one is configured. Many requests for one picture compute it once; failures are not kept.</summary>
internal sealed class EmbeddingCache : IDisposable
{
    /// <summary>Largest entry: sixty faces of the largest embeddings (4,096 numbers), 1,300 of FaceLite's.</summary>
    public const int MaxEntryBytes = 1_048_576;

    // HybridCache counts an entry's bytes as Redis would get them. In memory the smallest (one face, 192 numbers, 822 bytes) takes 1.8 times as much with its key, lists and place in
    // the dictionary (EmbeddingCacheMemoryTests), larger ones less.
    private const int MemoryPerByte = 2;

    private readonly EmbeddingKeys _keys;
    private readonly RecognitionTelemetry _telemetry;
    private readonly ServiceProvider? _services;
    private readonly HybridCache? _hybrid;
    private readonly HybridCacheEntryOptions _lookUp;
    private readonly HybridCacheEntryOptions _fill;
    private readonly HybridCacheEntryOptions _refresh;

    public EmbeddingCache(IOptions<EmbeddingCacheOptions> options, EmbeddingKeys keys, RedisLink link, RecognitionTelemetry telemetry, TimeProvider time)
    {
        (_keys, _telemetry) = (keys, telemetry);
        var lifetime = TimeSpan.FromSeconds(options.Value.TtlSeconds);
        _lookUp = new() { Expiration = lifetime, LocalCacheExpiration = lifetime, Flags = HybridCacheEntryFlags.DisableUnderlyingData };
        _fill = new() { Expiration = lifetime, LocalCacheExpiration = lifetime, Flags = HybridCacheEntryFlags.DisableDistributedCacheRead };
        _refresh = new()
        {
            Expiration = lifetime,
            LocalCacheExpiration = lifetime,
            Flags = HybridCacheEntryFlags.DisableDistributedCacheRead | HybridCacheEntryFlags.DisableLocalCacheRead,
        };
        if (lifetime > TimeSpan.Zero)
        {
            _services = Build(options.Value, link, time);
            _hybrid = _services.GetRequiredService<HybridCache>();
        }
    }

    /// <summary>Makes the embeddings of a picture; at least one.</summary>
    /// <param name="image">The encoded picture; valid until the task ends.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public delegate Task<IReadOnlyList<FaceEmbedding>> Compute(ReadOnlyMemory<byte> image, CancellationToken cancellationToken);

    /// <summary>Gives copies of pictures their memory.</summary>
    public ArrayPool<byte> Pool { get; init; } = ArrayPool<byte>.Shared;

    /// <summary>The embeddings of a picture, from the cache or computed.</summary>
    /// <param name="image">The encoded picture; not touched after the task has ended, even if the computation goes on for others.</param>
    /// <param name="plan">How it becomes embeddings.</param>
    /// <param name="use">What the request allows; told what was done.</param>
    /// <param name="compute">Computes them. May run after this task has ended, for others who wait, and therefore knows nothing of this request.</param>
    /// <param name="cancellationToken">Ends this caller's waiting; the computation stops with its last caller.</param>
    public async Task<IReadOnlyList<FaceEmbedding>> GetAsync(
        ReadOnlyMemory<byte> image, RecognitionPlan plan, CacheUse use, Compute compute, CancellationToken cancellationToken)
    {
        if (_hybrid is null)
        {
            return await compute(image, cancellationToken);
        }

        if (use.Policy == CachePolicy.Ignore)
        {
            return await PassByAsync(image, use, compute, cancellationToken);
        }

        string key = _keys.Of(image.Span, plan);
        if (use.Policy == CachePolicy.Use && await FindAsync(_hybrid, key, cancellationToken) is { } found)
        {
            Record(use, CacheResult.Hit);
            return found.Faces;
        }

        Record(use, use.Policy == CachePolicy.Use ? CacheResult.Miss : CacheResult.Bypass);
        return await ComputeOnceAsync(_hybrid, key, image, use.Policy == CachePolicy.Use ? _fill : _refresh, compute, cancellationToken);
    }

    /// <summary>Computes without looking into the cache or storing, and tells so where there is a cache.</summary>
    /// <param name="image">The encoded picture.</param>
    /// <param name="use">Told what was done.</param>
    /// <param name="compute">Computes.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Task<IReadOnlyList<FaceEmbedding>> PassByAsync(ReadOnlyMemory<byte> image, CacheUse use, Compute compute, CancellationToken cancellationToken)
    {
        if (_hybrid is not null)
        {
            Record(use, CacheResult.Bypass);
        }

        return compute(image, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _services?.Dispose();

    /// <summary>HybridCache in a container of its own: a memory cache with a limit refuses entries without a size, which others in the process may well have,
    /// and our tiers are nobody else's.</summary>
    private static ServiceProvider Build(EmbeddingCacheOptions options, RedisLink link, TimeProvider time)
    {
        // Without logging: all it has to say is an error for each request while Redis is away, which RedisLink tells once.
        var services = new ServiceCollection().AddSingleton(time);
        services.AddMemoryCache(memory => memory.SizeLimit = options.Megabytes * 1_048_576L / MemoryPerByte);
        services.AddHybridCache(static hybrid => hybrid.MaximumPayloadBytes = MaxEntryBytes).AddSerializer<CachedFaces, CachedFacesSerializer>();
        if (link.IsConfigured)
        {
            services.AddSingleton<IDistributedCache>(new RedisTier(link, time));
        }

        return services.BuildServiceProvider();
    }

    private async ValueTask<CachedFaces?> FindAsync(HybridCache hybrid, string key, CancellationToken cancellationToken)
    {
        // Without a token it runs in this request's context, and so in its trace. It cannot last: the memory is at hand, and Redis has a limit.
        var lookUp = hybrid.GetOrCreateAsync(key, static _ => new ValueTask<CachedFaces?>(), _lookUp, cancellationToken: CancellationToken.None);
        var found = lookUp.IsCompletedSuccessfully ? lookUp.Result : await lookUp.AsTask().WaitAsync(cancellationToken);
        if (found == CachedFaces.Unreadable)
        {
            await hybrid.RemoveAsync(key, cancellationToken); // from memory, where it is by now; in Redis it is overwritten
            return null;
        }

        return found;
    }

    private async Task<IReadOnlyList<FaceEmbedding>> ComputeOnceAsync(
        HybridCache hybrid, string key, ReadOnlyMemory<byte> image, HybridCacheEntryOptions options, Compute compute, CancellationToken cancellationToken)
    {
        var shared = new SharedEmbedding(image.Span, compute, Pool);
        try
        {
            var faces = await hybrid.GetOrCreateAsync(key, shared, static (shared, token) => shared.RunAsync(token), options, cancellationToken: cancellationToken);
            shared.Abandon(); // answered: our computation has run, or another one did and ours never will
            return faces.Faces;
        }
        catch (UncacheableException large)
        {
            shared.Abandon();
            return large.Faces;
        }
        catch (FaceAspireException)
        {
            shared.Abandon(); // a computation has failed: ours, or another one and ours never will run
            throw;
        }
    }

    private void Record(CacheUse use, CacheResult result)
    {
        use.Record(result);
        _telemetry.Count(result);
    }
}
