using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Gateway.Tests;

/// <summary>What the gateway says of the whole.</summary>
public sealed class ReadinessTests
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Ready_ServiceByService_SaysWhichPartIsWhatAndTurnsWithoutARestart()
    {
        var token = TestContext.Current.CancellationToken;
        await using var detection = await Backend.StartAsync("detection", token);
        await using var recognition = await Backend.StartAsync("recognition", token);
        await using var attributes = await Backend.StartAsync("attributes", token);
        await attributes.StopAsync();
        recognition.Unready = "starting";
        await using var gateway = await GatewayFixture.StartAsync([detection.Url], [recognition.Url], [attributes.Url], token);

        await ShouldTurnAsync(gateway, 503, "ok", "part: starting", "cannot be reached");

        recognition.Unready = null;
        await attributes.RestartAsync(token);
        await ShouldTurnAsync(gateway, 200, "ok", "ok", "ok");

        detection.Hangs = true;
        await ShouldTurnAsync(gateway, 503, "does not answer within 1 s", "ok", "ok");
    }

    [Fact]
    public async Task Ready_OneOfTwoReplicasDead_IsReadyAndSaysSo()
    {
        var token = TestContext.Current.CancellationToken;
        await using var all = await Backend.StartAsync("all", token);
        await using var gateway = await GatewayFixture.StartAsync([all.Url], [all.Url, $"http://127.0.0.1:{await Backend.DeadPortAsync(token)}"], [all.Url], token);

        await ShouldTurnAsync(gateway, 200, "ok", "1 of 2 replicas are ready", "ok");
    }

    [Fact]
    public async Task Ready_AskedByMany_AsksTheServicesOnceASecond()
    {
        var token = TestContext.Current.CancellationToken;
        await using var all = await Backend.StartAsync("all", token);
        await using var gateway = await GatewayFixture.StartAsync([all.Url], [all.Url], [all.Url], token);
        int before = all.Probes;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, 300).Select(async _ => (await gateway.Client.GetAsync("/health/ready", token)).Dispose()));

        // Three services, asked once a second for the answer and once a second by the proxy's own polls; and one round that was under way.
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        (all.Probes - before).ShouldBeLessThanOrEqualTo((int)(6 * (seconds + 2)), $"{seconds} s");
    }

    private static async Task ShouldTurnAsync(ServiceProcess gateway, int status, string detection, string recognition, string attributes)
    {
        string seen = "";
        await GatewayCalls.WaitUntilAsync(
            async () =>
            {
                using var response = await gateway.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
                seen = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                var checks = JsonDocument.Parse(seen).RootElement.GetProperty("checks");
                return (int)response.StatusCode == status && checks.GetProperty("detection").GetString() == detection
                    && checks.GetProperty("recognition").GetString() == recognition && checks.GetProperty("attributes").GetString() == attributes;
            },
            _soon,
            () => $"last: {seen}");
    }
}
