using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace FaceAspire.Recognition.Caching;

/// <summary>Redis as HybridCache's second tier, under a time limit, and absent while Redis is away.</summary>
/// <remarks>A command that fails or is late throws, and HybridCache takes that for a miss. It must: told "not found" instead, HybridCache would use the buffer again that a late answer
/// is still written into; after an exception it lets the buffer go.</remarks>
internal sealed class RedisTier(RedisLink link, TimeProvider time) : IBufferDistributedCache
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default) =>
        Usable(key) is { } cache && await TryAsync(cache.TryGetAsync(key, destination, CancellationToken.None).AsTask(), token);

    /// <inheritdoc/>
    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        if (Usable(key) is { } cache)
        {
            await TryAsync(CompleteAsync(cache.SetAsync(key, value, options, CancellationToken.None)), token);
        }
    }

    /// <summary>Removes nothing: entries expire, and one that cannot be read is overwritten by the computation that follows.</summary>
    public Task RemoveAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    /// <inheritdoc/>
    bool IBufferDistributedCache.TryGet(string key, IBufferWriter<byte> destination) => throw Unused();

    /// <inheritdoc/>
    void IBufferDistributedCache.Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => throw Unused();

    /// <inheritdoc/>
    byte[]? IDistributedCache.Get(string key) => throw Unused();

    /// <inheritdoc/>
    Task<byte[]?> IDistributedCache.GetAsync(string key, CancellationToken token) => throw Unused();

    /// <inheritdoc/>
    void IDistributedCache.Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw Unused();

    /// <inheritdoc/>
    Task IDistributedCache.SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token) => throw Unused();

    /// <inheritdoc/>
    void IDistributedCache.Refresh(string key) => throw Unused();

    /// <inheritdoc/>
    Task IDistributedCache.RefreshAsync(string key, CancellationToken token) => throw Unused();

    /// <inheritdoc/>
    void IDistributedCache.Remove(string key) => throw Unused();

    private static NotSupportedException Unused() => new("HybridCache uses buffers, and waits for nothing.");

    private static async Task<bool> CompleteAsync(ValueTask command)
    {
        await command;
        return true;
    }

    /// <summary>The cache, for keys of embeddings. HybridCache also asks for the time of invalidations by tag, which we never make; were Redis away at that moment, it would
    /// take everything stored before it for invalid.</summary>
    private IBufferDistributedCache? Usable(string key) => key.StartsWith(EmbeddingKeys.Prefix, StringComparison.Ordinal) ? link.Cache : null;

    private async Task<bool> TryAsync(Task<bool> command, CancellationToken token)
    {
        try
        {
            bool answer = await command.WaitAsync(RedisLink.CommandLimit, time, token);
            link.Succeeded();
            return answer;
        }
        catch (RedisServerException failure)
        {
            link.Refused(failure);
            return false;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            link.Failed(failure);
            throw;
        }
    }
}
