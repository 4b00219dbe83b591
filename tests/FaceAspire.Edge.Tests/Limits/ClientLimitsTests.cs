using System.Buffers.Binary;
using System.Net;
using FaceAspire.Edge.Access;
using FaceAspire.Edge.Limits;
using Microsoft.Extensions.Options;

namespace FaceAspire.Edge.Tests.Limits;

public sealed class ClientLimitsTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:203.0.113.7", "::ffff:203.0.113.8", false)] // not one /64
    public void TryTake_TwoAddresses_ShareABucketWhenTheyAreOneClient(string first, string second, bool shared)
    {
        int together = 0;
        for (int i = 0; i < 3; i++) // different addresses meet in a bucket by chance, once in 65,536
        {
            using var limits = PerMinute(1);
            limits.TryTake(null, IPAddress.Parse(first)).ShouldBeNull();
            together += limits.TryTake(null, IPAddress.Parse(second)) is null ? 0 : 1;
        }

        together.ShouldBe(shared ? 3 : 0);
    }

    [Fact]
    public void TryTake_Key_HasABucketOfItsOwnWhereverItComesFrom()
    {
        using var limits = PerMinute(2);
        var key = new ApiKey("a", Scopes.Read, new byte[32]);
        var other = new ApiKey("b", Scopes.Read, new byte[32]);
        var address = IPAddress.Parse("203.0.113.7");

        limits.TryTake(null, address).ShouldBeNull();
        limits.TryTake(null, address).ShouldBeNull();
        limits.TryTake(null, address).ShouldNotBeNull();
        limits.TryTake(key, address).ShouldBeNull();
        limits.TryTake(key, IPAddress.Loopback).ShouldBeNull();
        limits.TryTake(key, IPAddress.IPv6Loopback).ShouldNotBeNull();
        limits.TryTake(other, address).ShouldBeNull();
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(60, 1)]
    public void TryTake_OverTheLimit_TellsWhenTheNextOneIs(int perMinute, double seconds)
    {
        using var limits = PerMinute(perMinute);
        for (int i = 0; i < perMinute; i++)
        {
            limits.TryTake(null, IPAddress.Loopback).ShouldBeNull();
        }

        limits.TryTake(null, IPAddress.Loopback)!.Value.TotalSeconds.ShouldBe(seconds, tolerance: 0.01);
    }

    [Fact]
    public void TryTake_MillionAddresses_KeepsMemoryBounded()
    {
        using var limits = PerMinute(1_000);
        long empty = GC.GetTotalMemory(forceFullCollection: true);
        Take(limits, 0, 300_000); // meets 99 % of the buckets: 1 - e^(-300,000 / 65,536)
        long full = GC.GetTotalMemory(forceFullCollection: true);
        Take(limits, 300_000, 1_000_000);

        // A bucket for each would take ten times as much again: the first 300,000 share 65,536. Tests beside this one take some memory too.
        (GC.GetTotalMemory(forceFullCollection: true) - full).ShouldBeLessThan(full - empty, $"{full - empty} bytes for the first 300,000 addresses");
    }

    [Fact]
    public void TryTake_NoLimit_AlwaysPasses()
    {
        using var limits = PerMinute(0);

        for (int i = 0; i < 1_000; i++)
        {
            limits.TryTake(null, null).ShouldBeNull();
        }
    }

    /// <summary>One request from each of some IPv6 networks.</summary>
    private static void Take(ClientLimits limits, int from, int to)
    {
        Span<byte> address = stackalloc byte[16];
        for (int network = from; network < to; network++)
        {
            BinaryPrimitives.WriteInt32BigEndian(address, network);
            limits.TryTake(null, new IPAddress(address));
        }
    }

    private static ClientLimits PerMinute(int limit) => new(Options.Create(new EdgeOptions { RateLimitPerMinute = limit }));
}
