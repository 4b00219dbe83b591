using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using FaceAspire.Edge.Access;
using Microsoft.Extensions.Options;

namespace FaceAspire.Edge.Limits;

/// <summary>How many requests a key, or an address without one, may make. A bucket each: full at first, refilled evenly.</summary>
internal sealed class ClientLimits(IOptions<EdgeOptions> options) : IDisposable
{
    // Addresses share this many buckets, by a hash with a secret seed: whoever comes from millions of addresses cannot make the service keep millions of buckets.
    // Of a thousand callers at once one in 65 shares with another.
    private const int AddressBuckets = 65_536;

    // A provider gives each customer at least so much of an IPv6 address: who has one /64 has all addresses in it.
    private const int NetworkBytes = 8;

    private readonly PartitionedRateLimiter<Client>? _limiter = options.Value.RateLimitPerMinute is > 0 and var limit ? Create(limit) : null;

    /// <summary>Counts a request.</summary>
    /// <param name="key">The key that it shows, where it is known.</param>
    /// <param name="address">Where it comes from; null when that is unknown.</param>
    /// <returns>Null when the request is within the limit; else how long until another one is.</returns>
    public TimeSpan? TryTake(ApiKey? key, IPAddress? address)
    {
        if (_limiter is null)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(key is null ? new(null, BucketOf(address)) : new(key.Name, 0));
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter?.Dispose();

    private static PartitionedRateLimiter<Client> Create(int perMinute) => PartitionedRateLimiter.Create<Client, Client>(client =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => new()
        {
            TokenLimit = perMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
        }));

    private static int BucketOf(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        var hash = new HashCode();
        hash.AddBytes(bytes[..(address.AddressFamily == AddressFamily.InterNetworkV6 ? NetworkBytes : length)]);
        return (int)((uint)hash.ToHashCode() % AddressBuckets);
    }

    /// <summary>Whose bucket: a key's by name, or that of some addresses.</summary>
    private readonly record struct Client(string? Key, int Bucket);
}
