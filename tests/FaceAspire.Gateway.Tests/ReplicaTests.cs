using System.Diagnostics;
using System.Net;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Gateway.Tests;

/// <summary>Services that come and go, alone and among replicas.</summary>
public sealed class ReplicaTests
{
    private static readonly TimeSpan _withinSeconds = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Replicas_OneDeadFromTheStart_NoRequestFails()
    {
        var token = TestContext.Current.CancellationToken;
        await using var alive = await Backend.StartAsync("alive", token);
        await using var gateway = await GatewayFixture.StartAsync([], [$"http://127.0.0.1:{await Backend.DeadPortAsync(token)}", alive.Url], [], token);

        for (int i = 0; i < 40; i++)
        {
            using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId(), body: new ByteArrayContent(new byte[20_000]));
            response.StatusCode.ShouldBe(HttpStatusCode.OK, gateway.Log);
        }

        alive.Requests.ShouldBe(40);
    }

    [Fact]
    public async Task Replica_BreaksOffAfterReading_NoOtherIsAsked()
    {
        var token = TestContext.Current.CancellationToken;
        await using var first = await Backend.StartAsync("first", token);
        await using var second = await Backend.StartAsync("second", token);
        await using var gateway = await GatewayFixture.StartAsync([], [first.Url, second.Url], [], token);

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId(), "reset", new ByteArrayContent(new byte[20_000]));

        await response.ShouldBeAsync(ErrorCode.ServiceUnavailable);
        (first.Requests + second.Requests).ShouldBe(1);
    }

    [Fact]
    public async Task Replica_KilledAndBack_NoLaterRequestFailsAndItServesAgain()
    {
        var token = TestContext.Current.CancellationToken;
        await using var first = await Backend.StartAsync("first", token);
        await using var second = await Backend.StartAsync("second", token);
        await using var gateway = await GatewayFixture.StartAsync([], [first.Url, second.Url], [], token);
        await CallManyAsync(40);
        first.Requests.ShouldBeGreaterThan(0); // of 40 fair draws none: 1 in 10^12
        second.Requests.ShouldBeGreaterThan(0);

        await first.StopAsync();
        int before = second.Requests;
        await CallManyAsync(40);
        second.Requests.ShouldBe(before + 40);

        int served = first.Requests;
        await first.RestartAsync(token);
        await GatewayCalls.WaitUntilAsync(
            async () =>
            {
                await CallManyAsync(4);
                return first.Requests > served;
            },
            _withinSeconds,
            () => $"the replica that came back got nothing:\n{gateway.Log}");

        async Task CallManyAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId(), body: new ByteArrayContent(new byte[20_000]));
                response.StatusCode.ShouldBe(HttpStatusCode.OK, gateway.Log);
            }
        }
    }

    [Fact]
    public async Task Service_NotThereAtTheStart_IsUnavailableAndAnswersOnceItIs()
    {
        var token = TestContext.Current.CancellationToken;
        await using var service = await Backend.StartAsync("service", token);
        await service.StopAsync();
        await using var gateway = await GatewayFixture.StartAsync([service.Url], [], [], token);

        using (var down = await gateway.Client.CallAsync("POST", "/api/v1/extract", GatewayCalls.NewId()))
        {
            (await down.ShouldBeAsync(ErrorCode.ServiceUnavailable)).ShouldBe("The detection service cannot be reached at the moment.");
        }

        await service.RestartAsync(token);
        await GatewayCalls.WaitUntilAsync(
            async () =>
            {
                using var up = await gateway.Client.CallAsync("POST", "/api/v1/extract", GatewayCalls.NewId());
                return up.StatusCode == HttpStatusCode.OK;
            },
            TimeSpan.FromSeconds(5),
            () => gateway.Log);
    }

    [Fact]
    public async Task Service_WithoutAnAddress_IsUnavailable()
    {
        var token = TestContext.Current.CancellationToken;
        await using var gateway = await GatewayFixture.StartAsync([], [], [], token);

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/analyze", GatewayCalls.NewId());

        await response.ShouldBeAsync(ErrorCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Replica_ThatHangs_IsLeftOutWithinSecondsAndComesBack()
    {
        var token = TestContext.Current.CancellationToken;
        await using var first = await Backend.StartAsync("first", token);
        await using var second = await Backend.StartAsync("second", token);
        await using var gateway = await GatewayFixture.StartAsync([], [first.Url, second.Url], [], token);
        first.Hangs = true;

        await gateway.WaitForLogAsync("on cluster `recognition` is set to 'Unhealthy'", token);
        int before = second.Requests;
        for (int i = 0; i < 20; i++)
        {
            using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId());
            response.StatusCode.ShouldBe(HttpStatusCode.OK, gateway.Log);
        }

        second.Requests.ShouldBe(before + 20);
        first.Hangs = false;
        int served = first.Requests;
        await GatewayCalls.WaitUntilAsync(
            async () =>
            {
                using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId());
                return first.Requests > served;
            },
            _withinSeconds,
            () => gateway.Log);
    }

    [Fact]
    public async Task Admission_OneServiceStuck_RefusesItsRequestsAtOnceAndNoOthers()
    {
        var token = TestContext.Current.CancellationToken;
        await using var recognition = await Backend.StartAsync("recognition", token);
        await using var detection = await Backend.StartAsync("detection", token);
        await using var gateway = await GatewayFixture.StartAsync(
            [detection.Url], [recognition.Url], [], token, ("MAX_CONCURRENCY", "1"), ("MAX_QUEUE", "0"), ("REQUEST_TIMEOUT_SECONDS", "20"));
        string id = GatewayCalls.NewId();
        using var client = CancellationTokenSource.CreateLinkedTokenSource(token);
        var stuck = gateway.Client.CallAsync("POST", "/api/v1/verify", id, "hang", token: client.Token);
        await recognition.Arrived(id).Came.Task.WaitAsync(TimeSpan.FromSeconds(5), token);
        long start = Stopwatch.GetTimestamp();

        using (var refused = await gateway.Client.CallAsync("POST", "/api/v1/represent", GatewayCalls.NewId()))
        {
            (await refused.ShouldBeAsync(ErrorCode.ServiceUnavailable)).ShouldContain("overloaded");
        }

        using (var other = await gateway.Client.CallAsync("POST", "/api/v1/extract", GatewayCalls.NewId()))
        {
            other.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await client.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => stuck);
    }
}
