using System.Net;
using FaceAspire.ServiceDefaults.Calls;
using Microsoft.Extensions.ServiceDiscovery;

namespace FaceAspire.ServiceDefaults.Tests.Calls;

public sealed class AbsentReplicasTests
{
    private static readonly ServiceEndpoint[] _replicas = [.. Enumerable.Range(1, 3).Select(static port => ServiceEndpoint.Create(new DnsEndPoint("replica", port)))];

    private readonly SteppedTime _time = new();

    [Fact]
    public void Order_AllThere_TakesTurns()
    {
        var absent = new AbsentReplicas(_time);

        Enumerable.Range(0, 6).Select(_ => absent.Order(_replicas)[0]).GroupBy(static replica => replica).Select(static turns => turns.Count()).ShouldBe([2, 2, 2]);
    }

    [Fact]
    public void Order_OneAbsent_AsksItLastUntilItsTimeIsOverAndThenOnce()
    {
        var absent = new AbsentReplicas(_time);
        absent.Add(_replicas[1].EndPoint);

        for (int i = 0; i < 6; i++)
        {
            absent.Order(_replicas)[2].ShouldBe(_replicas[1]);
        }

        _time.Step(TimeSpan.FromSeconds(3));
        absent.Order(_replicas)[0].ShouldBe(_replicas[1]);
        absent.Order(_replicas)[2].ShouldBe(_replicas[1]);
        absent.Remove(_replicas[1].EndPoint);
        Enumerable.Range(0, 3).ShouldContain(_ => absent.Order(_replicas)[0] == _replicas[1]);
    }

    [Fact]
    public void Order_AllAbsent_StillHasAll()
    {
        var absent = new AbsentReplicas(_time);
        Array.ForEach(_replicas, replica => absent.Add(replica.EndPoint));

        absent.Order(_replicas).ShouldBe(_replicas, ignoreOrder: true);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Step(TimeSpan span) => _now += span.Ticks;

        public override long GetTimestamp() => _now;
    }
}
