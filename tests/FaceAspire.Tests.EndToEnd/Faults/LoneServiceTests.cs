using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using FaceAspire.Local;
using FaceAspire.Testing.Load;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>Services without a second replica: what a client sees while one is away, hangs, or is left by it.</summary>
[Collection(FaultGroup.Name)]
public sealed class LoneServiceTests(LoneSet set) : IClassFixture<LoneSet>
{
    // Failing is two connection attempts and a wait of some tenths; a machine under other load gets a margin below the deadline.
    private static readonly TimeSpan _promptly = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("detection")]
    [InlineData("recognition")]
    public async Task Verify_ServiceKilledUnderLoad_IsRefusedPromptlyAndRecoversWithinSeconds(string service)
    {
        using var load = await RunningLoad.StartAsync(set, clients: 2, pause: TimeSpan.FromMilliseconds(20));

        await set.Set[service].KillAsync();
        await FaultSet.WaitUntilAsync(() => Task.FromResult(load.Outcomes.Count(static outcome => !outcome.IsSuccess) > 10), FaultSet.Recovery, () => set.Gateway.Log);
        await FaultSet.WaitUntilAsync(async () => (await set.ReadinessAsync(service)).Status == 503, FaultSet.Recovery, () => "the gateway stays ready");
        var (_, said) = await set.ReadinessAsync(service);
        var (_, others) = await set.ReadinessAsync("attributes");
        await set.Set[service].RestartAsync(Token);
        var back = load.Now;
        await FaultSet.WaitUntilAsync(
            () => Task.FromResult(load.Outcomes.Any(outcome => outcome.IsSuccess && outcome.Sent > back)), TimeSpan.FromSeconds(5), () => $"{service} is ready, and not used\n{set.Gateway.Log}");
        await FaultSet.WaitUntilAsync(async () => (await set.ReadinessAsync(service)).Status == 200, FaultSet.Recovery, () => "the gateway does not get ready again");
        var result = await load.StopAsync();

        said.ShouldBe("cannot be reached");
        others.ShouldBe("ok");
        result.Failed.ShouldAllBe(static outcome => outcome.IsRefusal, result.ToString());
        result.Failed.ShouldAllBe(static outcome => outcome.Latency < _promptly, result.ToString());
        result.Failed.Max(static outcome => outcome.Sent).ShouldBeLessThan(back + TimeSpan.FromSeconds(5), result.ToString());
    }

    [Fact]
    public async Task Verify_DetectionHangs_TimesOutAndNothingPilesUp()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        using var load = set.NewLoad();
        await load.RunClosedAsync(clients: 8, TimeSpan.FromSeconds(3)); // as many as later, so that heaps have the size that these need
        long memory = set.Memory();
        int threads = Threads(set.Set["recognition"]) + Threads(set.Gateway);
        var detection = set.Set["detection"];

        detection.Pause();
        LoadResult hung;
        try
        {
            hung = await load.RunClosedAsync(clients: 8, TimeSpan.FromSeconds(4));
        }
        finally
        {
            detection.Continue();
        }

        await set.WaitForSuccessAsync(load);
        var after = await load.RunClosedAsync(clients: 4, TimeSpan.FromSeconds(1));

        hung.Failed.ShouldNotBeEmpty();
        hung.Failed.ShouldAllBe(static outcome => outcome.Status == 504 && outcome.Failure!.Contains("\"error_code\":\"timeout\""), hung.ToString());
        hung.Outcomes.ShouldAllBe(static outcome => outcome.Latency < LoneSet.Deadline + TimeSpan.FromSeconds(1), hung.ToString());
        after.Failed.ShouldBeEmpty(after.ToString());
        (Threads(set.Set["recognition"]) + Threads(set.Gateway) - threads).ShouldBeLessThan(20);
        (set.Memory() - memory).ShouldBeLessThan(100_000_000); // of all services together, whose collectors give back when they please
    }

    [Fact]
    public async Task Represent_ClientsLeaveWhileTheyWait_TheirWorkEndsInDetection()
    {
        const int Waves = 8; // whether Detection still has work when the clients are gone is a race that a fast machine wins now and then
        byte[] picture = await File.ReadAllBytesAsync(Repository.PathOf("samples", "anna.jpg"), Token);
        using var load = set.NewLoad();
        await set.WaitForSuccessAsync(load);

        bool ended = false;
        for (int wave = 0; wave < Waves && !ended; wave++)
        {
            string run = Guid.NewGuid().ToString("N");
            int left = await LeaveAsync(picture, run);
            long start = Stopwatch.GetTimestamp();
            var next = await load.CallAsync(Token);
            var waited = Stopwatch.GetElapsedTime(start);

            next.IsSuccess.ShouldBeTrue(next.Failure);
            left.ShouldBeGreaterThan(10, "too few were left waiting to say anything");
            waited.ShouldBeLessThan(TimeSpan.FromSeconds(1.5));
            ended = GoneIn("detection", run) > 0 && GoneIn("recognition", run) > 0;
        }

        ended.ShouldBeTrue(set.Set["detection"].Log);
    }

    private static int Threads(ServiceReplica service)
    {
        using var process = Process.GetProcessById(service.ProcessId);
        return process.Threads.Count;
    }

    /// <summary>Requests whose caller left: noticed by the service (499), or while it read a body that broke off (422, which nobody hears).</summary>
    private int GoneIn(string service, string run) => LinesOf(service, run, 499) + LinesOf(service, run, 422);

    private int LinesOf(string service, string run, int status) => set.Set[service].Lines.Count(
        line => line.Contains(run, StringComparison.Ordinal) && line.Contains($"answered {status.ToString(CultureInfo.InvariantCulture)} ", StringComparison.Ordinal));

    /// <summary>Many clients ask at once and leave when the first of them is answered; gives how many got nothing.</summary>
    private async Task<int> LeaveAsync(byte[] picture, string run)
    {
        const int Clients = 150;
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var calls = Enumerable.Range(0, Clients).Select(client => RepresentAsync(picture, $"{run}.{client.ToString(CultureInfo.InvariantCulture)}", leave.Token)).ToArray();
        await FaultSet.WaitUntilAsync(() => Task.FromResult(LinesOf("detection", run, 200) > 0), FaultSet.Recovery, () => set.Set["detection"].Log); // the others have come as far as its queue
        await leave.CancelAsync();
        bool?[] answered = await Task.WhenAll(calls);
        return answered.Count(static one => one is null);
    }

    /// <summary>Whether the client got its embedding or was refused; null when it left before either.</summary>
    private async Task<bool?> RepresentAsync(byte[] picture, string id, CancellationToken cancellationToken)
    {
        using var image = new ByteArrayContent(picture);
        using var form = new MultipartFormDataContent { { image, "img", "anna.jpg" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/represent") { Content = form, Headers = { CacheControl = new CacheControlHeaderValue { NoStore = true } } };
        request.Headers.Add("X-Request-Id", id);
        try
        {
            using var response = await set.Gateway.Client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
