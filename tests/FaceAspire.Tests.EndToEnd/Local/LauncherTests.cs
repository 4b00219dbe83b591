using System.Globalization;
using System.Text.RegularExpressions;
using FaceAspire.Local;
using FaceAspire.Local.Launching;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Local;

/// <summary>The launcher as a person starts it, for a manifest of detection and Redis.</summary>
public sealed partial class LauncherTests : IDisposable
{
    private const string SmallManifest = """
        {"resources":{
          "detector":{"type":"parameter.v0","value":"{detector.inputs.value}","inputs":{"value":{"type":"string","default":{"value":""}}}},
          "cache":{"type":"container.v0","image":"redis:8","env":{"REDIS_PASSWORD":"secret"},"bindings":{"tcp":{"scheme":"redis","protocol":"tcp","transport":"tcp","targetPort":6379}}},
          "detection":{"type":"project.v0","path":"FaceAspire.Detection.csproj","env":{"DEFAULT_DETECTOR":"{detector.value}","HTTP_PORTS":"{detection.bindings.http.targetPort}"},
            "bindings":{"http":{"scheme":"http","protocol":"tcp","transport":"http"}}}}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-launcher-").FullName;

    [Fact]
    public async Task Launch_Terminated_StopsEverythingAndExitsWithZero()
    {
        await using var launcher = await StartAsync();
        await launcher.WaitForLineAsync("All is ready", TestContext.Current.CancellationToken);
        string ready = await launcher.WaitForLineAsync("detection      listens at", TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(ready).Value) };
        (await SamplePictures.CountFacesAsync(client, "anna.jpg", TestContext.Current.CancellationToken)).ShouldBe(1);

        (await launcher.TerminateAsync(TestContext.Current.CancellationToken)).ShouldBe(0, launcher.Log);

        launcher.Lines[^1].ShouldBe("stopped");
        launcher.Lines.ShouldContain(static line => line.StartsWith("detection      | ", StringComparison.Ordinal));
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/health", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Launch_ServiceDies_SaysSoAndExitsWithOne()
    {
        await using var launcher = await StartAsync();
        await launcher.WaitForLineAsync("All is ready", TestContext.Current.CancellationToken);
        string ready = await launcher.WaitForLineAsync("detection      listens at", TestContext.Current.CancellationToken);
        using var service = System.Diagnostics.Process.GetProcessById(int.Parse(ProcessId().Match(ready).Groups[1].Value, CultureInfo.InvariantCulture));

        service.Kill();

        (await launcher.Death.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBe(1, launcher.Log);
        launcher.Lines.ShouldContain(static line => line.StartsWith("detection has ended by itself with code 137", StringComparison.Ordinal));
        launcher.Lines[^1].ShouldBe("stopped");
    }

    [Fact]
    public async Task Launch_WrongSetting_SaysTheServicesWordsAndExitsWithOne()
    {
        await using var launcher = await StartAsync("--set", "detector=nobody");

        (await launcher.Death.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBe(1, launcher.Log);
        launcher.Log.ShouldContain("detection      | DEFAULT_DETECTOR: must be one of");
        launcher.Log.ShouldContain("detection has ended");
    }

    [Theory]
    [InlineData("--set", "nobody=1", "detector")]
    [InlineData("--set", "detector", "NAME=VALUE")]
    [InlineData("--gateway-port", "70000", "65535")]
    [InlineData("--replicas", "0", "64")]
    public async Task Launch_WrongArgument_SaysWhatIsRight(string option, string value, string named)
    {
        await using var launcher = await StartAsync(option, value);

        (await launcher.Death.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldNotBe(0);
        launcher.Log.ShouldContain(named);
    }

    [Fact]
    public void ReadParameters_VariablesAndSettings_FillTheParametersAndSettingsWin()
    {
        var environment = new Dictionary<string, string> { ["DEFAULT_MODEL"] = "Dlib", ["API_KEYS"] = "a", ["DEFAULT_DETECTOR"] = "", ["OTHER"] = "x" };

        LaunchCommand.ReadParameters(Repository.Manifest, ["api-keys=b=c"], environment.GetValueOrDefault)
            .ShouldBe(new Dictionary<string, string> { ["model"] = "Dlib", ["api-keys"] = "b=c" }, ignoreOrder: true);
    }

    [Fact]
    public void OfFurtherReplicas_FolderOfFaces_IsTheFirstReplicasAlone()
    {
        var variables = LaunchCommand.OfFurtherReplicas(3, _folder, hasRoots: false);

        variables.Keys.ShouldBe(["recognition-2", "recognition-3"]);
        variables["recognition-3"].ShouldBe(new Dictionary<string, string?> { ["FACES_DB_PATH"] = null, ["IMAGE_PATH_ROOTS"] = _folder }, ignoreOrder: true);
        LaunchCommand.OfFurtherReplicas(2, _folder, hasRoots: true)["recognition-2"].ShouldBe(new Dictionary<string, string?> { ["FACES_DB_PATH"] = null });
        LaunchCommand.OfFurtherReplicas(3, folder: "", hasRoots: false).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The launcher is itself a process with lines and an end; its port is not used.</summary>
    private async Task<ServiceReplica> StartAsync(params IReadOnlyList<string> arguments)
    {
        string manifest = Path.Combine(_folder, "manifest.json");
        await File.WriteAllTextAsync(manifest, SmallManifest, TestContext.Current.CancellationToken);
        var start = new System.Diagnostics.ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "FaceAspire.Local.dll"), "--manifest", manifest, "--assemblies", AppContext.BaseDirectory, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        var launcher = new ServiceReplica("launcher", "launcher", port: 0, start, output: null);
        launcher.Start();
        return launcher;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"process (\d+)")]
    private static partial Regex ProcessId();
}
