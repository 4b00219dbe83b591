using System.Text.Json.Nodes;
using FaceAspire.Cli.Galleries;
using FaceAspire.Gallery.Sqlite;
using FaceAspire.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NetVips;

namespace FaceAspire.Cli.Tests.Galleries;

public sealed class GalleryCommandTests : IDisposable
{
    private readonly string _faces = Directory.CreateTempSubdirectory("faceaspire-faces-").FullName;
    private readonly Dictionary<string, string> _variables = [];
    private readonly string _data = Directory.CreateTempSubdirectory("faceaspire-data-").FullName;

    public void Dispose()
    {
        Directory.Delete(_faces, recursive: true);
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Sync_FolderOfPersons_TellsWhatItDidAndSearchFindsThem()
    {
        Put("anna/photo1.jpg", "anna");
        Put("ben/photo1.jpg", "ben");
        await File.WriteAllTextAsync(Path.Combine(_faces, "ben", "broken.jpg"), "no picture", TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await RunAsync("sync", _faces);

        exitCode.ShouldBe(1, error); // one picture could not be read
        string[] lines = Lines(output);
        lines[0].ShouldBe("3 files, 3 read, 2 embedded; 2 faces enrolled, 0 removed, 1 problems");
        lines[1].ShouldBe("ben/broken.jpg: is of no image type that is known");
        (await RunAsync("sync", _faces)).Output.ShouldStartWith("3 files, 1 read, 0 embedded; 0 faces enrolled");

        lines = Lines((await RunAsync("search", Sample("anna-leaning"), "--top", "1")).Output);
        lines.Length.ShouldBe(2);
        lines[0].ShouldMatch(@"^face 1 at \d+,\d+ of \d+x\d+:$");
        lines[1].ShouldMatch(@"^  0\.\d{4}  anna  anna/photo1\.jpg$");
        Lines((await RunAsync("list")).Output).Select(static line => line.Trim()).ShouldBe(["1  anna", "1  ben"]);
        lines = Lines((await RunAsync("stats")).Output);
        lines[0].ShouldBe("default: 2 subjects, 2 faces; 3 files of its folder, 1 with a problem");
        lines[1].ShouldMatch(@"^  FaceLite [0-9a-f]{12}, facelite, native: 2 faces of 192 numbers, active$");
    }

    [Fact]
    public async Task Sync_AnotherAlignment_CanBeSearchedBesidesTheFirst()
    {
        Put("anna/photo1.jpg", "anna");
        await RunAsync("sync", _faces, "--alignment", "native");
        await RunAsync("enrol", "ben", Sample("ben"), "--alignment", "native");
        (await RunAsync("search", Sample("ben"), "--alignment", "deepface")).Error.ShouldContain("has embeddings by FaceLite with facelite and native alignment, by nothing else");

        var (exitCode, output, error) = await RunAsync("sync", _faces, "--alignment", "deepface");

        exitCode.ShouldBe(0, error);
        output.ShouldContain("1 faces that did not come from the folder embedded again; 0 have no picture");
        foreach (string alignment in (string[])["native", "deepface"])
        {
            Lines((await RunAsync("search", Sample("ben"), "--alignment", alignment, "--top", "1")).Output)[1].ShouldEndWith("  ben");
        }
    }

    [Fact]
    public async Task Enrol_Pictures_TellsEachAndChangesNothingTwice()
    {
        var (exitCode, output, error) = await RunAsync("enrol", "anna", Sample("anna"), Path.Combine(_faces, "gone.jpg"), Sample("anna-leaning"));

        exitCode.ShouldBe(1);
        Lines(output).ShouldBe([$"{Sample("anna")}: 1 face enrolled", $"{Sample("anna-leaning")}: 1 face enrolled"]);
        Lines(error).ShouldBe([$"{Path.Combine(_faces, "gone.jpg")}: cannot be read"]);
        (exitCode, output, _) = await RunAsync("enrol", "anna", Sample("anna"));
        (exitCode, output.Trim()).ShouldBe((0, $"{Sample("anna")}: was enrolled before"));
    }

    [Theory]
    [InlineData("DEFAULT_MODEL", "mobileface_v2")]
    [InlineData("DEFAULT_DETECTOR", "skip")]
    [InlineData("DEFAULT_ALIGNMENT", "deepface")]
    public async Task Gallery_ServiceHasAnotherDefaultThanIt_IsAsItWas(string variable, string value)
    {
        _variables[variable] = "";
        await RunAsync("enrol", "anna", Sample("anna"));
        _variables[variable] = value;

        (await RunAsync("enrol", "ben", Sample("ben"))).ShouldBe((0, $"{Sample("ben")}: 1 face enrolled{Environment.NewLine}", ""));

        string file = Path.Combine(_faces, "people.jsonl");
        await RunAsync("export", file, "--no-embeddings");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("\"ben\"", "\"carl\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (await RunAsync("import", file)).Output.ShouldStartWith("1 faces imported, 1 were there, 0 lines refused");
        string[] lines = Lines((await RunAsync("stats")).Output);
        lines.Length.ShouldBe(2);
        lines[1].ShouldMatch(@"^  FaceLite [0-9a-f]{12}, facelite, native: 3 faces of 192 numbers, active$");
        Lines((await RunAsync("search", Sample("ben"), "--top", "1")).Output)[1].ShouldBe("  0.0000  ben");
    }

    [Theory]
    [InlineData("--model", "Dlib")]
    [InlineData("--detector", "yunet")]
    [InlineData("--alignment", "deepface")]
    public async Task Enrol_OptionsDifferFromTheGallery_SaysWhatItHasAndChangesNothing(string option, string value)
    {
        await RunAsync("enrol", "anna", Sample("anna"), "--model", "FaceLite", "--detector", "facelite", "--alignment", "native");
        (await RunAsync("enrol", "anna", Sample("anna-leaning"), "--model", "facelite", "--alignment", "auto")).ExitCode.ShouldBe(0);

        var (exitCode, output, error) = await RunAsync("enrol", "ben", Sample("ben"), option, value);

        (exitCode, output).ShouldBe((2, ""));
        error.Trim().ShouldBe("The gallery 'default' has embeddings by FaceLite with facelite and native alignment, by nothing else: leave out the options that differ.");
        Lines((await RunAsync("list")).Output).ShouldBe(["      2  anna"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Enrol_TwoFaces_TakesTheLargestUnlessAllAreWanted(bool areAllWanted)
    {
        string picture = Path.Combine(_faces, "both.jpg");
        using (var ben = Image.NewFromFile(Sample("ben")))
        using (var anna = Image.NewFromFile(Sample("anna")))
        using (var large = anna.Resize(1.5))
        using (var both = ben.Join(large, Enums.Direction.Horizontal, expand: true))
        {
            both.WriteToFile(picture);
        }

        var (exitCode, output, error) = await RunAsync(["enrol", "x", picture, .. areAllWanted ? (string[])["--all-faces"] : []]);

        (exitCode, output.Trim()).ShouldBe((0, $"{picture}: {(areAllWanted ? "2 faces" : "1 face")} enrolled"), error);
        string file = Path.Combine(_faces, "people.jsonl");
        await RunAsync("export", file);
        int[] lefts = [.. (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Skip(1).Select(static line => JsonNode.Parse(line)!["facial_area"]!["x"]!.GetValue<int>())];
        lefts.Count(static left => left >= 480).ShouldBe(1); // anna's, beside the 480 pixels of ben's picture
        lefts.Length.ShouldBe(areAllWanted ? 2 : 1);
    }

    [Fact]
    public async Task Gallery_StoreIsRedis_SaysThatItIsNotForThat()
    {
        _variables["GALLERY_STORE"] = "redis";

        var (exitCode, _, error) = await RunAsync("enrol", "anna", Sample("anna"));

        exitCode.ShouldBe(2);
        error.ShouldStartWith("GALLERY_STORE is 'redis', and these commands work on galleries in a data folder only");
        Directory.EnumerateFileSystemEntries(_data).ShouldBeEmpty();
    }

    [Fact]
    public async Task Export_ImportedIntoAnother_HasTheSameFaces()
    {
        string file = Path.Combine(_faces, "people.jsonl");
        await RunAsync("enrol", "anna", Sample("anna"));
        await RunAsync("enrol", "ben", Sample("ben"));

        var exported = await RunAsync("export", file);
        (exported.ExitCode, exported.Output.Trim()).ShouldBe((0, "2 faces exported"), exported.Error);
        await File.AppendAllTextAsync(file, "{}\n", TestContext.Current.CancellationToken);
        var (exitCode, output, error) = await RunAsync("import", file, "--gallery", "copy");

        exitCode.ShouldBe(1, error);
        Lines(output).ShouldBe(["2 faces imported, 0 were there, 1 lines refused", "line 4 is not a face in JSON, or lacks a part of one"]);
        Lines((await RunAsync("search", Sample("ben"), "--gallery", "copy", "--top", "1")).Output)[1].ShouldBe("  0.0000  ben");
        Directory.GetFiles(_faces).ShouldBe([file]);
    }

    [Fact]
    public async Task Export_IntoAFolderThatIsNotThere_IsALineAndExitCodeTwo()
    {
        await RunAsync("enrol", "anna", Sample("anna"));

        var (exitCode, _, error) = await RunAsync("export", Path.Combine(_faces, "gone", "people.jsonl"));

        exitCode.ShouldBe(2);
        Lines(error).ShouldHaveSingleItem().ShouldEndWith("people.jsonl cannot be written.");
    }

    [Theory]
    [InlineData("There is no gallery 'default'", "list")]
    [InlineData("There is no gallery 'default'", "export", "out.jsonl")]
    [InlineData("--gallery: '../up' is no name of a gallery", "list", "--gallery", "../up")]
    [InlineData("There is no model 'nobody'", "sync", ".", "--model", "nobody")]
    [InlineData("no detector 'nothing'", "sync", ".", "--detector", "nothing")]
    [InlineData("--alignment: must be one of", "sync", ".", "--alignment", "askew")]
    [InlineData("--metric: must be one of cosine", "search", "a.jpg", "--metric", "far")]
    [InlineData("--top: must lie between 1 and 1000", "search", "a.jpg", "--top", "0")]
    [InlineData("'a/b' is no name of a subject", "enrol", "a/b", "a.jpg")]
    [InlineData("nowhere.jsonl cannot be read", "import", "nowhere.jsonl")]
    public async Task Gallery_CannotBeDone_IsALineAndExitCodeTwo(string expected, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        exitCode.ShouldBe(2, error);
        error.ShouldContain(expected);
        Lines(error).Length.ShouldBe(1, error);
    }

    [Fact]
    public async Task Sync_FolderMissing_SaysSo()
    {
        string nowhere = Path.Combine(_faces, "nowhere");

        var (exitCode, _, error) = await RunAsync("sync", nowhere);

        (exitCode, error.Trim()).ShouldBe((2, $"{nowhere}: The folder does not exist."));
    }

    [Fact]
    public async Task Gallery_ServiceUsesTheFolder_SaysSo()
    {
        using var store = SqliteFaceGallery.Open(_data, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);

        var (exitCode, _, error) = await RunAsync("stats");

        exitCode.ShouldBe(2);
        error.ShouldContain("another process", Case.Insensitive);
    }

    [Fact]
    public void Show_NoTerminal_WritesALineNowAndThen()
    {
        using var output = new StringWriter();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var line = new ProgressLine(output, isTerminal: false, time);

        for (int i = 1; i <= 25; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            line.Show(i * 1_000, 25_000, "2 problems");
        }

        line.Clear();
        Lines(output.ToString()).ShouldBe(["10,000 of 25,000, 2 problems", "20,000 of 25,000, 2 problems"]);
    }

    [Fact]
    public void Show_Terminal_DrawsOverTheSameLineAndTakesItAway()
    {
        using var output = new StringWriter();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var line = new ProgressLine(output, isTerminal: true, time);

        foreach (int done in (int[])[5, 10])
        {
            time.Advance(TimeSpan.FromSeconds(1));
            line.Show(done, 10, "ok");
        }

        line.Clear();
        string[] drawn = output.ToString().Split('\r');
        drawn[1].ShouldBe("[############............] 5 of 10, ok");
        drawn[2].ShouldBe("[########################] 10 of 10, ok");
        drawn[3].ShouldBe(new string(' ', drawn[2].Length));
        drawn[4].ShouldBeEmpty();
        output.ToString().ShouldNotContain("\n");
    }

    private static string Sample(string name) => Path.Combine(SharedMaterial.RepositoryRoot, "samples", $"{name}.jpg");

    private static string[] Lines(string text) => text.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private void Put(string path, string sample)
    {
        string full = Path.Combine(_faces, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.Copy(Sample(sample), full);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await GalleryCommand.Create(name => _variables.GetValueOrDefault(name)).Parse([.. arguments, "--data-dir", _data]).InvokeAsync(new() { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
