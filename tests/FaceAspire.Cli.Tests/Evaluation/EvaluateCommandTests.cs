using FaceAspire.Cli.Evaluation;
using FaceAspire.Testing;

namespace FaceAspire.Cli.Tests.Evaluation;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Evaluate_LabelledPairs_TellsAccuracyThresholdAndCurve()
    {
        string curve = Path.Combine(_folder, "roc.png");

        var (exitCode, output, error) = await RunAsync(
            "--pairs", SharedMaterial.File("images", "pairs.csv"), "--models-dir", SharedMaterial.File("models"), "--model", "mobilefacenet_512", "--suggest-threshold", "0.01", "--roc", curve);

        exitCode.ShouldBe(0, error);
        string[] lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("mobilefacenet_512, native, cosine: 38 pairs of one person, 262 of two"); // as the images' README counts them
        Percentage(lines[1]).ShouldBeGreaterThanOrEqualTo(99, output);
        lines.ShouldContain(static line => line.StartsWith("suggested threshold: 0.", StringComparison.Ordinal), output);
        File.ReadAllBytes(curve)[1..4].ShouldBe("PNG"u8.ToArray());
    }

    [Fact]
    public async Task Evaluate_TooFewPairsForTheRate_SaysSo()
    {
        var (exitCode, output, error) = await RunAsync(
            "--pairs", SharedMaterial.File("images", "pairs.csv"), "--models-dir", SharedMaterial.File("models"), "--suggest-threshold", "0.001");

        exitCode.ShouldBe(0, error);
        output.ShouldContain("262 pairs of two people cannot show a rate of 0.001");
    }

    [Theory]
    [InlineData("There is no model 'nobody'", "--model", "nobody")]
    [InlineData("no detector 'nothing'", "--detector", "nothing")]
    [InlineData("--metric: must be one of cosine", "--metric", "far")]
    [InlineData("--suggest-threshold: must lie between 0 and 1", "--suggest-threshold", "1")]
    [InlineData("pairs.csv cannot be read", "--metric", "cosine")]
    public async Task Evaluate_CannotBeDone_IsALineAndExitCodeTwo(string expected, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(["--pairs", Path.Combine(_folder, "pairs.csv"), .. arguments]);

        exitCode.ShouldBe(2);
        error.ShouldContain(expected);
        error.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task Evaluate_PictureMissing_NamesIt()
    {
        string pairs = Path.Combine(_folder, "pairs.csv");
        await File.WriteAllTextAsync(pairs, "file1,file2,same\ngone.jpg,gone.jpg,1\n", TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await RunAsync("--pairs", pairs);

        exitCode.ShouldBe(2);
        error.ShouldContain("gone.jpg");
    }

    private static double Percentage(string line) =>
        double.Parse(line.Split(": ")[1].Split('%')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await EvaluateCommand.Create().Parse(arguments).InvokeAsync(new() { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
