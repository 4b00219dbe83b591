using System.Diagnostics;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

/// <summary>The commands of <c>docs/galleries.md</c> do what the page says.</summary>
public sealed class GalleryPageTests : IDisposable
{
    private const string Address = "http://localhost:5000";
    private const string Start = "dotnet run ";
    private const string Curl = "curl ";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-page-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Commands_OfThePage_AllSucceed()
    {
        foreach (string program in (string[])["bash", "curl"])
        {
            Assert.SkipUnless(IsInstalled(program), $"{program} is not on the path");
        }

        string[] commands = CommandsOf(Path.Combine(SharedMaterial.RepositoryRoot, "docs", "galleries.md"));
        CopySamples();
        await using var service = await StandaloneFixture.StartAsync(("DATA_DIR", Path.Combine(_folder, "data")));

        var (exitCode, output, error) = await RunAsync([.. commands.Select(line => line.Replace(Address, service.Client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal))]);

        exitCode.ShouldBe(0, $"{error}\n{output}\n{service.Log}");
        string[] answers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        answers.Length.ShouldBe(commands.Count(static line => line.StartsWith(Curl, StringComparison.Ordinal) && !line.Contains(" -o ", StringComparison.Ordinal)), output);
        foreach (string answer in answers)
        {
            JsonDocument.Parse(answer).RootElement.GetProperty("success").GetBoolean().ShouldBeTrue(answer);
        }

        File.ReadLines(Path.Combine(_folder, "staff.ndjson")).Count().ShouldBe(4); // the header, two pictures of anna, one of benjamin
        var galleries = await ApiCalls.ReadAsync(await service.Client.GetAsync("/api/v1/galleries", Token));
        galleries.Answer.GetProperty("galleries").EnumerateArray().Select(static gallery => (gallery.GetProperty("name").GetString(), gallery.GetProperty("faces").GetInt32()))
            .ShouldBe([("copy", 3), ("staff", 2)]);
    }

    /// <summary>The page's block of commands but the one that starts the service.</summary>
    private static string[] CommandsOf(string page)
    {
        string[] lines = [.. File.ReadLines(page).SkipWhile(static line => line != "```bash").Skip(1).TakeWhile(static line => line != "```")];
        lines[0].ShouldStartWith(Start);
        lines.Count(static line => line.StartsWith(Curl, StringComparison.Ordinal)).ShouldBeGreaterThan(8, "the block is not the one that was meant");
        return lines[1..];
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    private void CopySamples()
    {
        string samples = Directory.CreateDirectory(Path.Combine(_folder, "samples")).FullName;
        foreach (string picture in Directory.EnumerateFiles(Path.Combine(SharedMaterial.RepositoryRoot, "samples"), "*.jpg"))
        {
            File.Copy(picture, Path.Combine(samples, Path.GetFileName(picture)));
        }
    }

    /// <summary>Runs commands as a person would type them, in a folder that has the samples; ends at the first that is answered by an error.</summary>
    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] commands)
    {
        string[] script = ["set -eu", """curl() { command curl --fail-with-body --noproxy '*' --max-time 60 "$@"; echo; }""", .. commands];
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", string.Join('\n', script)])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("bash did not start.");
        try
        {
            var output = bash.StandardOutput.ReadToEndAsync(Token);
            var error = bash.StandardError.ReadToEndAsync(Token);
            await bash.WaitForExitAsync(Token).WaitAsync(_limit, Token);
            return (bash.ExitCode, await output, await error);
        }
        finally
        {
            if (!bash.HasExited)
            {
                bash.Kill(entireProcessTree: true);
            }
        }
    }
}
