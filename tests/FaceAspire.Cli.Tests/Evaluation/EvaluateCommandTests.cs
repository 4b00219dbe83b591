using System.Globalization;
using FaceAspire.Cli.Evaluation;
using FaceAspire.Cli.Evaluation.Detection;
using FaceAspire.Testing;

namespace FaceAspire.Cli.Tests.Evaluation;

public sealed class EvaluateCommandTests : IDisposable
{
    private static readonly string[] _portraits = ["img5", "img10", "img11", "img12", "img20"]; // one face each

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
    [InlineData("--iou: does not go with --pairs", "--iou", "0.5")]
    [InlineData("no detector 'nothing'", "--detector", "facelite", "nothing")]
    [InlineData("There is no model 'nobody'", "--model", "all", "nobody")]
    [InlineData("--alignment: must be one of auto", "--alignment", "native", "crooked")]
    [InlineData("--roc: goes with one detector, one model and one alignment", "--alignment", "all", "--roc", "a.png")]
    [InlineData("Exactly one of --pairs, --attributes, --detection must be given", "--attributes", "a.csv")]
    public async Task Evaluate_CannotBeDone_IsALineAndExitCodeTwo(string expected, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(["--pairs", Path.Combine(_folder, "pairs.csv"), .. arguments]);

        exitCode.ShouldBe(2);
        error.ShouldContain(expected);
        error.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task Evaluate_SeveralDetectorsAndAlignments_IsATableThatCountsMissingFaces()
    {
        // Each of three people with themselves, so at a distance of 0, and with each other; and a picture in which there is nobody to be found.
        string[] people = [.. ((string[])["img20.jpg", "img16.jpg", "img3.jpg"]).Select(SharedMaterial.Photo)];
        string black = WriteBlackPicture();
        var pairs = people.SelectMany((one, number) => people[number..].Select(other => $"{one},{other},{(one == other ? 1 : 0)}"));
        string file = await WritePairsAsync([.. pairs, $"{black},{people[0]},1", $"{black},{people[0]},0"]);

        var (exitCode, output, error) = await RunAsync("--pairs", file, "--detector", "facelite", "skip", "--alignment", "all", "--suggest-threshold", "0.34");

        exitCode.ShouldBe(0, error);
        string[] lines = output.Split(Environment.NewLine);
        lines[0].ShouldBe("4 pictures, 4 pairs of one person, 4 of two; cosine");
        string[][] rows = [.. lines[4..^1].Select(static line => line.Trim('|', ' ').Split(" | "))];
        rows.Select(static row => string.Join(' ', row[..4])).ShouldBe(["facelite FaceLite native 3", "facelite FaceLite deepface 3", "skip FaceLite native 4", "skip FaceLite deepface 4"], output);

        // Whoever is found is recognised; of the four pairs of one person one lacks a face.
        rows[0][4].ShouldBe("100.0 % (0.0000)");
        rows[0][5].ShouldStartWith("100.0 % (");
        rows[0][6..].ShouldBe(["75.0 %", "75.0 %", "0.00 %", "1.0000"], output);
        lines[2].Count('|').ShouldBe(lines[4].Count('|'));
    }

    [Fact]
    public async Task Evaluate_SeveralModelsOneWithoutWeights_LeavesItOutAndSaysWhatBringsIt()
    {
        await WriteOwnModelAsync();
        string black = WriteBlackPicture();
        string file = await WritePairsAsync([$"{black},{black},1", $"{black},{black},0"]);

        var some = await RunAsync("--pairs", file, "--models-dir", _folder, "--model", "absent", "FaceLite");
        var none = await RunAsync("--pairs", file, "--models-dir", _folder, "--model", "absent", "--alignment", "all");

        some.ExitCode.ShouldBe(0, some.Error);
        some.Error.ShouldStartWith("absent is left out. The model 'absent' needs its weights. They are not on this machine. Put absent.onnx (from us) into the folder");
        some.Output.ShouldEndWith($"| facelite | FaceLite | native | 0 | – | – | – | – | – | – |{Environment.NewLine}");
        some.Output.ShouldNotContain("absent");
        none.ExitCode.ShouldBe(2);
        none.Error.ShouldContain("Nothing can be compared: the weights of every model named are missing.");
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

    [Theory]
    [InlineData("Exactly one of --pairs, --attributes, --detection must be given")]
    [InlineData("--roc: does not go with --attributes", "--attributes", "a.csv", "--roc", "a.png")]
    [InlineData("There is no attribute model 'Dlib', only facelite", "--attributes", "a.csv", "--model", "Dlib")]
    [InlineData("--require-face: does not go with --detector skip", "--attributes", "a.csv", "--require-face", "--detector", "skip")]
    [InlineData("a.csv cannot be read", "--attributes", "a.csv")]
    [InlineData("--model: does not go with --detection", "--detection", "a.csv", "--model", "FaceLite")]
    [InlineData("There is no detector 'skip', only facelite", "--detection", "a.csv", "--detector", "skip")]
    [InlineData("--iou: must lie above 0", "--detection", "a.csv", "--iou", "0")]
    [InlineData("a.csv cannot be read", "--detection", "a.csv")]
    [InlineData("--detector: several go only with --pairs", "--detection", "a.csv", "--detector", "facelite", "yunet")]
    [InlineData("--model: several go only with --pairs", "--attributes", "a.csv", "--model", "gear", "--model", "age_gender")]
    public async Task Evaluate_OtherKindCannotBeDone_IsALineAndExitCodeTwo(string expected, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        exitCode.ShouldBe(2);
        error.ShouldContain(expected);
        error.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task Evaluate_LabelledAttributes_AgreesWithTheReference()
    {
        string labels = WriteReferenceAttributes();

        var (exitCode, output, error) = await RunAsync("--attributes", labels, "--models-dir", SharedMaterial.File("models"), "--model", "age_gender", "--detector", "yunet");

        exitCode.ShouldBe(0, error);
        string[] lines = output.Split(Environment.NewLine);
        lines[0].ShouldBe("5 pictures, detector yunet; age by age_gender, gender by age_gender");

        // The reference ran on a crop around the points of another detector, and its ages are not truncated.
        double.Parse(lines.Single(static line => line.StartsWith("age: mean absolute error ", StringComparison.Ordinal)).Split(' ')[4], CultureInfo.InvariantCulture).ShouldBeLessThan(1.5, output);
        lines.ShouldContain("gender: 100.00 % right, mean of the classes' recalls 100.00 % (5 faces)", output);
        CellsOf(lines, "Woman").ShouldBe(["4", "0", "100.0", "%"]);
        CellsOf(lines, "Man").ShouldBe(["0", "1", "100.0", "%"]);
        lines.ShouldContain(static line => line.StartsWith("by age", StringComparison.Ordinal), output);
        lines.ShouldContain(static line => line.StartsWith("by gender", StringComparison.Ordinal), output);
        lines.ShouldNotContain(static line => line.StartsWith("by race", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task Evaluate_PictureWithoutFace_IsTakenWholeOrLeftOut()
    {
        string labels = WriteReferenceAttributes();
        await File.AppendAllTextAsync(labels, $"{WriteBlackPicture()},40,Man\n", TestContext.Current.CancellationToken);
        string[] arguments = ["--attributes", labels, "--models-dir", SharedMaterial.File("models"), "--model", "AGE_GENDER"]; // and the default detector

        var taken = await RunAsync(arguments);
        var required = await RunAsync([.. arguments, "--require-face"]);
        var skipped = await RunAsync([.. arguments, "--detector", "skip"]);

        taken.Output.ShouldStartWith("6 pictures, detector facelite");
        taken.Output.ShouldContain($"taken whole, no face found: 1{Environment.NewLine}");
        required.Output.ShouldStartWith("5 pictures, detector facelite");
        required.Output.ShouldContain("left out, no face found: black.png");
        skipped.Output.ShouldStartWith("6 pictures, detector skip");
        skipped.Output.ShouldNotContain("no face found");
    }

    [Fact]
    public async Task Evaluate_NoLabelOfWhatTheModelTells_IsALineAndExitCodeTwo()
    {
        string labels = Path.Combine(_folder, "labels.csv");
        await File.WriteAllTextAsync(labels, "file,age\na.jpg,1\n", TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await RunAsync("--attributes", labels, "--model", "gear");

        exitCode.ShouldBe(2);
        error.ShouldContain("labels.csv has no label of what gear tells.");
    }

    [Fact]
    public async Task Evaluate_LabelledBoxes_AgreesWithAnotherDetector()
    {
        string boxes = WriteReferenceBoxes();

        var (exitCode, output, error) = await RunAsync("--detection", boxes, "--models-dir", SharedMaterial.File("models"), "--detector", "yunet");
        var strict = await RunAsync("--detection", boxes, "--models-dir", SharedMaterial.File("models"), "--detector", "yunet", "--iou", "1");

        // Large faces, on which two good detectors agree: each is found above 0.9, and whatever else is found has a lower score.
        exitCode.ShouldBe(0, error);
        string[] lines = output.Split(Environment.NewLine);
        lines[0].ShouldBe("yunet: 7 pictures, 7 faces, intersection over union of at least 0.5");
        lines[1].ShouldBe("average precision 1.0000");
        lines[2].ShouldBe("at the catalogue's score threshold 0.9: recall 100.00 %, 0.000 false positives per picture");
        lines[3].ShouldStartWith("at 0.1 false positives per picture: recall 100.00 %");
        lines[4].ShouldStartWith("landmarks of 7 faces found there: mean error ");
        double.Parse(lines[4].Split(' ')[8], CultureInfo.InvariantCulture).ShouldBeInRange(1, 12, lines[4]); // percent
        CellsOf(lines, "160 and more").ShouldBe(["6", "100.0", "%", "100.0", "%"]);
        strict.Output.ShouldContain("average precision 0.0000");
        strict.Output.ShouldContain("recall 0.00 %, 1.000 false positives per picture"); // seven faces at the wrong place, in seven pictures
    }

    /// <summary>Photos with what the reference implementation of age_gender makes of them; returns the file of attributes.</summary>
    private string WriteReferenceAttributes()
    {
        using var golden = SharedMaterial.Golden("age_gender.json");
        string labels = Path.Combine(_folder, "labels.csv");
        File.WriteAllLines(labels, _portraits.Select(photo =>
        {
            var told = golden.RootElement.GetProperty("crops").GetProperty(photo);
            string age = told.GetProperty("age").GetDouble().ToString(CultureInfo.InvariantCulture);
            return $"{SharedMaterial.Photo($"{photo}.jpg")},{age},{(told.GetProperty("gender").GetProperty("male").GetDouble() > 0.5 ? "Man" : "Woman")}";
        }).Prepend("file,age,gender"));
        return labels;
    }

    /// <summary>Photos with the boxes and landmarks that SCRFD finds, and a picture without faces; returns the file of boxes.</summary>
    private string WriteReferenceBoxes()
    {
        using var golden = SharedMaterial.Golden("scrfd_500m_kps.json");
        string boxes = Path.Combine(_folder, "boxes.csv");
        File.WriteAllLines(boxes, _portraits.Append("couple").SelectMany(photo => golden.RootElement.GetProperty("photos").GetProperty(photo).GetProperty("faces").EnumerateArray()
            .Select(face => $"{SharedMaterial.Photo($"{photo}.jpg")},{face.GetProperty("x")},{face.GetProperty("y")},{face.GetProperty("w")},{face.GetProperty("h")},"
                + string.Join(',', face.GetProperty("landmarks").EnumerateArray().SelectMany(static point => point.EnumerateArray()))))
            .Prepend($"file,x,y,w,h,{string.Join(',', LabelledPicture.LandmarkColumns)}").Append($"{WriteBlackPicture()},,,,{new string(',', LabelledPicture.LandmarkColumns.Count)}"));
        return boxes;
    }

    private async Task<string> WritePairsAsync(IEnumerable<string> pairs)
    {
        string file = Path.Combine(_folder, "pairs.csv");
        await File.WriteAllLinesAsync(file, pairs.Prepend("file1,file2,same"), TestContext.Current.CancellationToken);
        return file;
    }

    /// <summary>A catalogue of one's own with a recogniser whose weights nobody has.</summary>
    private Task WriteOwnModelAsync() => File.WriteAllTextAsync(
        Path.Combine(_folder, "catalog.local.json"),
        """
        {"models":[{"name":"absent","task":"recognition","description":"-","file":"absent.onnx","licence":"ours","commercial":"yes","source":"us",
        "input":{"width":112,"height":112,"color":"rgb","mean":[127.5,127.5,127.5],"scale":0.0078125},"crop":{"geometry":"five-point","width":112,"height":112},
        "decoder":"embedding","dimension":512,"thresholds":{"native":{"cosine":0.6,"euclidean":20,"euclidean_l2":1.1,"angular":0.37},
        "deepface":{"cosine":0.6,"euclidean":20,"euclidean_l2":1.1,"angular":0.37}}}]}
        """,
        TestContext.Current.CancellationToken);

    private string WriteBlackPicture()
    {
        const string Name = "black.png";
        File.WriteAllBytes(Path.Combine(_folder, Name), PngFile.Bomb(200, 200));
        return Name;
    }

    /// <summary>The words after the first column of the first row of a name.</summary>
    private static string[] CellsOf(string[] lines, string row) =>
        lines.First(line => line.StartsWith(row + " ", StringComparison.Ordinal))[row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double Percentage(string line) =>
        double.Parse(line.Split(": ")[1].Split('%')[0], CultureInfo.InvariantCulture);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await EvaluateCommand.Create().Parse(arguments).InvokeAsync(new() { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
