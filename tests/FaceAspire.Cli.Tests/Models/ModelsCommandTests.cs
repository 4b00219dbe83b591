using System.CommandLine;
using System.Diagnostics;
using FaceAspire.Cli.Models;
using FaceAspire.Testing;

namespace FaceAspire.Cli.Tests.Models;

/// <summary>The commands on a catalogue of the user's own whose model lies in a mirror folder: the repository's recogniser under another name.</summary>
public sealed class ModelsCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("faceaspire-models-").FullName;
    private readonly Dictionary<string, string> _variables = [];

    public ModelsCommandTests()
    {
        string weights = Path.Combine(SharedMaterial.RepositoryRoot, "models", "FaceLite.onnx");
        File.Copy(weights, Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "mirror")).FullName, "upstream.onnx"));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Cache).FullName, "catalog.local.json"), Catalogue("mine", "yes"));
        _variables["MODELS_CACHE"] = Cache;
        _variables["MODELS_MIRROR"] = Path.Combine(_root, "mirror");
    }

    private string Cache => Path.Combine(_root, "cache");

    private string Weights => Path.Combine(Cache, "mine.onnx");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Pull_FromAFolder_BringsVerifiesShowsAndRemoves()
    {
        (await RunAsync("list")).Output.Split('\n').ShouldContain(static line => line.StartsWith("recognition/mine", StringComparison.Ordinal) && line.Contains("pull"));

        var (exitCode, output, error) = await RunAsync("pull", "mine", "--offline");

        exitCode.ShouldBe(0, error);
        output.ShouldMatch("^recognition/mine: is here, version [0-9a-f]{12}");
        File.Exists(Weights).ShouldBeTrue();
        (await RunAsync("pull", "MINE")).Output.ShouldContain("was here");
        (await RunAsync("verify", "mine")).Output.ShouldStartWith("recognition/mine: good");
        (await RunAsync("where", "mine")).Output.Trim().ShouldBe(Weights);
        (await RunAsync("remove", "mine")).Output.ShouldContain("deleted mine.onnx");
        File.Exists(Weights).ShouldBeFalse();
        (await RunAsync("where", "mine")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Pull_TermsThatForbidCommercialUse_AreAcceptedOnce()
    {
        File.WriteAllText(Path.Combine(Cache, "catalog.local.json"), Catalogue("mine", "no"));

        var refused = await RunAsync("pull", "mine");
        refused.ExitCode.ShouldBe(1);
        refused.Output.ShouldContain("--accept-licence");

        (await RunAsync("pull", "mine", "--accept-licence")).ExitCode.ShouldBe(0);
        await RunAsync("remove", "mine");
        (await RunAsync("pull", "mine")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Verify_FileChanged_SaysSo()
    {
        await RunAsync("pull", "mine");
        byte[] bytes = File.ReadAllBytes(Weights);
        bytes[100] ^= 1;
        File.WriteAllBytes(Weights, bytes);

        var (exitCode, output, _) = await RunAsync("verify", "mine");

        exitCode.ShouldBe(1);
        output.ShouldContain("its SHA-256 is another");
    }

    [Fact]
    public async Task Import_File_IsTaken()
    {
        var (exitCode, output, error) = await RunAsync("import", Path.Combine(_root, "mirror", "upstream.onnx"), "--as", "mine");

        exitCode.ShouldBe(0, error);
        output.ShouldContain("mine.onnx is here");
        (await RunAsync("import", Path.Combine(Cache, "catalog.local.json"), "--as", "mine")).Error.ShouldContain("cannot be imported as mine");
    }

    [Theory]
    [InlineData("no model 'nobody'", "pull", "nobody")]
    [InlineData("Name models", "pull")]
    [InlineData("several models: detection/facelite, recognition/FaceLite, attributes/facelite", "where", "facelite")]
    [InlineData("Name the models", "remove")]
    public async Task Run_WrongName_IsALineAndExitCode2(string message, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        exitCode.ShouldBe(2);
        error.ShouldContain(message);
    }

    [Fact]
    public async Task Where_NameThatDiffersFromAnotherInCaseOnly_IsTheOneSpelledSo()
    {
        var (exitCode, _, error) = await RunAsync("where", "Dlib"); // detection has dlib

        exitCode.ShouldBe(ModelsCommand.SomeFailed);
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_BrokenCatalogueOfTheUsers_IsToldInLines()
    {
        File.WriteAllText(Path.Combine(Cache, "catalog.local.json"), Catalogue("Dlib", "yes"));

        var (exitCode, _, error) = await RunAsync("list");

        exitCode.ShouldBe(2);
        error.ShouldContain("catalog.local.json: 'Dlib' is the name of another Recognition model");
    }

    [Fact]
    public async Task Pull_TwoProcessesAtOnce_BothEndWithTheModel()
    {
        using var one = Start();
        using var other = Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));

        await Task.WhenAll(one.WaitForExitAsync(limit.Token), other.WaitForExitAsync(limit.Token));

        one.ExitCode.ShouldBe(0, await one.StandardOutput.ReadToEndAsync(limit.Token));
        other.ExitCode.ShouldBe(0, await other.StandardOutput.ReadToEndAsync(limit.Token));
        (await RunAsync("verify", "mine")).ExitCode.ShouldBe(0);
        Directory.GetFiles(Cache, "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public async Task Pull_KilledInTheMiddle_GoesOnTheNextTime()
    {
        const int Half = 400_000;
        await using var server = await FileServer.StartAsync();
        server.Content = File.ReadAllBytes(Path.Combine(_root, "mirror", "upstream.onnx"));
        server.StallAfter = Half;
        File.WriteAllText(Path.Combine(Cache, "catalog.local.json"), Catalogue("mine", "yes").Replace("https://upstream.invalid/upstream.onnx", server.File.AbsoluteUri, StringComparison.Ordinal));
        _variables["MODELS_MIRROR"] = "";
        using (var process = Start())
        {
            FileInfo part = new($"{Weights}.download.part");
            long start = Stopwatch.GetTimestamp();
            while (!part.Exists || part.Length < Half)
            {
                Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30));
                await Task.Delay(50, TestContext.Current.CancellationToken);
                part.Refresh();
            }

            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        File.Exists(Weights).ShouldBeFalse();
        server.StallAfter = null;

        (await RunAsync("pull", "mine")).ExitCode.ShouldBe(0);

        server.Starts.ShouldBe([0, Half]);
        (await RunAsync("verify", "mine")).ExitCode.ShouldBe(0);
    }

    private Process Start()
    {
        ProcessStartInfo start = new("dotnet", [typeof(ModelsCommand).Assembly.Location, "models", "pull", "mine"]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["NO_PROXY"] = "127.0.0.1";
        foreach (var (name, value) in _variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string Catalogue(string name, string commercial) => $$"""
        {
          "models": [
            {
              "name": "{{name}}", "task": "recognition", "description": "My own.", "file": "mine.onnx", "licence": "mine", "commercial": "{{commercial}}", "source": "my disk",
              "origin": { "url": "https://upstream.invalid/upstream.onnx" },
              "input": { "width": 112, "height": 112, "color": "rgb", "mean": [127.5, 127.5, 127.5], "scale": 0.0078125 },
              "crop": { "geometry": "five-point", "width": 112, "height": 112 },
              "decoder": "embedding", "dimension": 192,
              "thresholds": {
                "native": { "cosine": 0.5, "euclidean": 1, "euclidean_l2": 1, "angular": 0.3 },
                "deepface": { "cosine": 0.5, "euclidean": 1, "euclidean_l2": 1, "angular": 0.3 }
              }
            }
          ]
        }
        """;

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await ModelsCommand.Create(name => _variables.GetValueOrDefault(name)).Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
