using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using FaceAspire.Local;
using FaceAspire.Local.Manifest;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Local;

/// <summary>What the harness promises to the tests that stand on it.</summary>
public sealed class DistributedSetTests
{
    private const string Detection = DetectionFixture.Name;
    private const string Gateway = "gateway";

    /// <summary>One key, by its hash.</summary>
    private static readonly string _keys = $"test:read:{new string('0', 64)}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Environment_TwoReplicasOfRecognition_IsTheManifestsAndNamesBoth()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux shows the environment of a process");
        var options = LocalSet.Options with
        {
            Replicas = new Dictionary<string, int> { ["recognition"] = 2 },
            Parameters = new Dictionary<string, string> { ["api-keys"] = _keys, ["maxbytes"] = "1048576" },
            Variables = new Dictionary<string, IReadOnlyDictionary<string, string?>> { [Gateway] = new Dictionary<string, string?> { ["LOG_LEVEL"] = "DEBUG", ["CACHE_HOST"] = null } },
            Held = [Detection, "recognition", "attributes"], // so that the gateway will never be ready, which it need not be
        };
        await using var set = await DistributedSet.StartAsync(Repository.Manifest, options, Token);
        var environment = EnvironmentOf(set[Gateway]);

        set.Services.Select(static service => service.Name).ShouldBe([Detection, "recognition-1", "recognition-2", "attributes", Gateway]);
        set.Services.Select(static service => service.Port).Append(set.Cache.Port).Distinct().Count().ShouldBe(6);
        Repository.Manifest.Resources[Gateway].ShouldBeOfType<ProjectResource>().Env.Keys.Except(environment.Keys).ShouldBe(["CACHE_HOST"]);
        environment["services__detection__http__0"].ShouldBe($"http://127.0.0.1:{set[Detection].Port}");
        environment["services__recognition__http__0"].ShouldBe($"http://127.0.0.1:{set["recognition-1"].Port}");
        environment["services__recognition__http__1"].ShouldBe($"http://127.0.0.1:{set["recognition-2"].Port}");
        environment["ConnectionStrings__cache"].ShouldBe(set.Cache.ConnectionString);
        environment["HTTP_PORTS"].ShouldBe($"{set[Gateway].Port}");
        (environment["API_KEYS"], environment["MAX_IMAGE_BYTES"], environment["LOG_LEVEL"]).ShouldBe((_keys, "1048576", "DEBUG"));
        environment.Keys.ShouldNotContain("services__detection__http__1");
    }

    [Fact]
    public async Task Restart_Killed_ComesBackOnItsPort()
    {
        await using var set = await LocalSet.StartOnlyAsync(LocalSet.Options, Detection);
        var detection = set[Detection];
        (int port, int process) = (detection.Port, detection.ProcessId);

        await detection.KillAsync();
        await Should.ThrowAsync<HttpRequestException>(() => detection.Client.GetAsync("/health", Token));
        await detection.RestartAsync(Token);

        detection.ProcessId.ShouldNotBe(process);
        detection.Port.ShouldBe(port);
        (await detection.Client.GetAsync("/health", Token)).IsSuccessStatusCode.ShouldBeTrue();
        detection.Death.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Pause_Running_AnswersOnlyAfterContinue()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        await using var set = await LocalSet.StartOnlyAsync(LocalSet.Options, Detection);
        var detection = set[Detection];

        detection.Pause();
        var call = detection.Client.GetAsync("/health", Token);
        (await Task.WhenAny(call, Task.Delay(TimeSpan.FromSeconds(1), Token))).ShouldNotBe(call);
        detection.Continue();

        using var response = await call;
        response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task WaitForDeath_ProcessKilledByAnother_SaysWhich()
    {
        await using var set = await LocalSet.StartOnlyAsync(LocalSet.Options, Detection);
        var death = set.WaitForDeathAsync(Token);

        using var process = Process.GetProcessById(set[Detection].ProcessId);
        process.Kill();

        (await death.WaitAsync(TimeSpan.FromSeconds(10), Token)).ShouldContain($"{Detection} has ended by itself");
    }

    [Fact]
    public async Task Start_ServiceEndsAtOnce_SaysItsCodeAndLines()
    {
        var options = LocalSet.Options with { Parameters = new Dictionary<string, string> { ["gpu"] = "big" } };

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => LocalSet.StartOnlyAsync(options, Detection));

        failure.Message.ShouldContain("ended with code 2");
        failure.Message.ShouldContain("GPU_DEVICE: ");
    }

    [Fact]
    public async Task Cache_StoppedAndResumed_AnswersAgainOnItsPort()
    {
        await using var set = await LocalSet.StartOnlyAsync(LocalSet.Options);
        (await PingAsync(set.Cache)).ShouldStartWith("+PONG");

        await set.Cache.StopAsync();
        await Should.ThrowAsync<SocketException>(() => PingAsync(set.Cache));
        await set.Cache.ResumeAsync(Token);

        (await PingAsync(set.Cache)).ShouldStartWith("+PONG");
        set.Cache.Death.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Start_ContainerWithoutStandIn_NamesIt()
    {
        var manifest = AspireManifest.Parse("""{"resources":{"db":{"type":"container.v0","image":"docker.io/library/postgres:17"}}}"""u8);

        (await Should.ThrowAsync<ManifestException>(() => DistributedSet.StartAsync(manifest, LocalSet.Options, Token))).Message.ShouldContain("postgres:17");
    }

    private static Dictionary<string, string> EnvironmentOf(ServiceReplica service) => File.ReadAllText($"/proc/{service.ProcessId}/environ")
        .Split('\0', StringSplitOptions.RemoveEmptyEntries)
        .Select(static variable => variable.Split('=', 2))
        .ToDictionary(static pair => pair[0], static pair => pair[1]);

    private static async Task<string> PingAsync(CacheServer cache)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", cache.Port, Token);
        string password = cache.ConnectionString[(cache.ConnectionString.IndexOf('=', StringComparison.Ordinal) + 1)..];
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\n"), Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        (await reader.ReadLineAsync(Token)).ShouldBe("+OK");
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), Token);
        return await reader.ReadLineAsync(Token) ?? "";
    }
}
