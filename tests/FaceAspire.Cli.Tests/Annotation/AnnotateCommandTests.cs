using FaceAspire.Cli.Annotation;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Cli.Tests.Annotation;

public sealed class AnnotateCommandTests : IDisposable
{
    private static readonly ImageDecoder _decoder = new(maxPixels: 10_000_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Annotate_DrawnFace_HasItsBoxAndNothingElseChanged()
    {
        string target = Path.Combine(_folder, "anna.png");

        var (exitCode, output, error) = await RunAsync(Sample("anna"), "-o", target);

        exitCode.ShouldBe(0, error);
        output.Trim().ShouldBe($"{Sample("anna")}: 1 face");
        using var before = Decode(Sample("anna"));
        using var after = Decode(target);
        (after.Width, after.Height).ShouldBe((before.Width, before.Height));
        var changed = Changed(before, after);
        changed.ShouldAllBe(pixel => pixel.Color == FaceDrawing.Box);

        // The box stands about the drawn face, whose eyes are at 192,214 and 288,214 (samples/draw.py: 0.5 ± 0.1 of 480 pixels, 0.445 down).
        (changed.Min(static pixel => pixel.X), changed.Max(static pixel => pixel.X)).ShouldSatisfyAllConditions(
            range => range.Item1.ShouldBeInRange(90, 190), range => range.Item2.ShouldBeInRange(290, 390));
        (changed.Min(static pixel => pixel.Y), changed.Max(static pixel => pixel.Y)).ShouldSatisfyAllConditions(
            range => range.Item1.ShouldBeInRange(50, 180), range => range.Item2.ShouldBeInRange(330, 430));
    }

    [Fact]
    public async Task Annotate_Landmarks_TellThePersonsRightFromLeft()
    {
        string target = Path.Combine(_folder, "anna.png");

        (await RunAsync(Sample("anna"), "--output", target, "--landmarks")).ExitCode.ShouldBe(0);

        using var image = Decode(target);
        ColorsNear(image, 192, 214).ShouldContain(FaceDrawing.Right); // the person's right eye is on the left of the picture
        ColorsNear(image, 192, 214).ShouldNotContain(FaceDrawing.Left);
        ColorsNear(image, 288, 214).ShouldContain(FaceDrawing.Left);
        ColorsNear(image, 288, 214).ShouldNotContain(FaceDrawing.Right);
    }

    [Fact]
    public async Task Annotate_Scores_AreWrittenAboveTheBox()
    {
        string plain = Path.Combine(_folder, "plain.png");
        string scored = Path.Combine(_folder, "scored.png");

        await RunAsync(Sample("anna"), "-o", plain);
        await RunAsync(Sample("anna"), "-o", scored, "--scores");

        using var before = Decode(plain);
        using var after = Decode(scored);
        var label = Changed(before, after);
        int top = Changed(Decode(Sample("anna")), before).Min(static pixel => pixel.Y); // where the box begins
        label.ShouldNotBeEmpty();
        label.Max(static pixel => pixel.Y).ShouldBeLessThan(top);
        label.Select(static pixel => pixel.Color).Distinct().ShouldBe([FaceDrawing.Box, new(255, 255, 255)], ignoreOrder: true);
    }

    [Fact]
    public async Task Annotate_OtherDetectors_FindTheFaceOfAPhoto()
    {
        foreach (string detector in (string[])["yunet", "mtcnn", "opencv", "dlib", "mediapipe"])
        {
            string target = Path.Combine(_folder, $"{detector}.png");

            var (exitCode, output, error) = await RunAsync(SharedMaterial.Photo("img11.jpg"), "-o", target, "--detector", detector, "--models-dir", ModelsDir(detector), "--landmarks", "--scores");

            exitCode.ShouldBe(0, error);
            output.ShouldEndWith($": 1 face{Environment.NewLine}", customMessage: detector);
            File.Exists(target).ShouldBeTrue(detector);
        }
    }

    [Fact]
    public async Task Annotate_Folder_GivesAFileForEachPicture()
    {
        string faces = Directory.CreateDirectory(Path.Combine(_folder, "faces")).FullName;
        File.Copy(Sample("anna"), Path.Combine(faces, "anna.jpg"));
        File.Copy(Sample("ben"), Path.Combine(faces, "ben")); // the bytes say what it is
        await File.WriteAllTextAsync(Path.Combine(faces, "notes.jpg"), "no picture", TestContext.Current.CancellationToken);
        byte[] cut = (await File.ReadAllBytesAsync(Sample("ben"), TestContext.Current.CancellationToken))[..500];
        await File.WriteAllBytesAsync(Path.Combine(faces, "cut.jpg"), cut, TestContext.Current.CancellationToken);
        string target = Path.Combine(_folder, "drawn");

        var (exitCode, output, error) = await RunAsync(faces, "-o", target);

        exitCode.ShouldBe(1); // one is cut off
        Lines(output).ShouldBe([$"{Path.Combine(faces, "anna.jpg")}: 1 face", $"{Path.Combine(faces, "ben")}: 1 face"]);
        Lines(error).ShouldBe([$"{Path.Combine(faces, "cut.jpg")}: The JPEG image is corrupt or truncated."]);
        Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Order().ShouldBe(["anna.png", "ben.png"]);
    }

    [Fact]
    public async Task Annotate_OnePictureIntoAFolder_TakesItsName()
    {
        (await RunAsync(Sample("anna"), "-o", _folder)).ExitCode.ShouldBe(0);

        File.Exists(Path.Combine(_folder, "anna.png")).ShouldBeTrue();
    }

    [Fact]
    public async Task Annotate_PictureWithoutFace_IsWrittenAsItWas()
    {
        string picture = Path.Combine(_folder, "black.png");
        string target = Path.Combine(_folder, "out.png");
        await File.WriteAllBytesAsync(picture, PngFile.Bomb(200, 100), TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await RunAsync(picture, "-o", target);

        (exitCode, output.Trim()).ShouldBe((0, $"{picture}: 0 faces"));
        using var before = Decode(picture);
        using var after = Decode(target);
        Changed(before, after).ShouldBeEmpty();
    }

    [Fact]
    public async Task Annotate_ThatCannotBeDone_IsALineAndExitCodeTwo()
    {
        string copy = Path.Combine(_folder, "anna.png");
        File.Copy(Sample("anna"), copy);
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        string file = Path.Combine(copy, "below", "a.png");
        foreach (var (expected, arguments) in ((string, string[])[])[
            ("There is no detector 'nothing', only facelite", [copy, "-o", empty, "--detector", "nothing"]),
            ("There is no detector 'skip'", [copy, "-o", empty, "--detector", "skip"]),
            ("anna.png would be overwritten", [copy, "-o", copy]),
            ("anna.png would be overwritten", [copy, "-o", _folder]),
            ("would both become anna.png", [copy, Sample("anna"), "-o", empty]),
            ("no picture there", [empty, "-o", empty]),
            ("has an empty name", ["", "-o", empty]),
            ("cannot be made", [copy, "-o", file]),
            ("The model 'yunet' needs its weights", [copy, "-o", empty, "--detector", "yunet", "--models-dir", empty]),
        ])
        {
            var (exitCode, output, error) = await RunAsync(arguments);

            (exitCode, output).ShouldBe((2, ""), expected);
            error.ShouldContain(expected);
            Lines(error).Length.ShouldBe(1);
        }

        Directory.EnumerateFileSystemEntries(empty).ShouldBeEmpty();
    }

    [Fact]
    public async Task Annotate_PictureMissing_IsToldAndTheOthersAreDrawn()
    {
        string gone = Path.Combine(_folder, "gone.jpg");

        var (exitCode, output, error) = await RunAsync(gone, Sample("anna"), "-o", _folder);

        (exitCode, output.Trim(), error.Trim()).ShouldBe((1, $"{Sample("anna")}: 1 face", $"{gone}: cannot be read"));
    }

    private static string Sample(string name) => Path.Combine(SharedMaterial.RepositoryRoot, "samples", $"{name}.jpg");

    /// <summary>The folder of a detector's files; skips where one is absent.</summary>
    private static string ModelsDir(string detector)
    {
        string file = detector switch { "opencv" => "haarcascade_eye.xml", "dlib" => "frontal_face_detector.h", "mtcnn" => "mtcnn_onet.onnx", "mediapipe" => "blazeface_front.onnx", _ => "yunet_s_dynamic.onnx" };
        return Path.GetDirectoryName(SharedMaterial.Weights(file))!;
    }

    private static PixelBuffer Decode(string path) => _decoder.Decode(File.ReadAllBytes(path), TestContext.Current.CancellationToken);

    /// <summary>The colours within a tenth of the distance of the drawn eyes.</summary>
    private static HashSet<RgbColor> ColorsNear(PixelBuffer image, int x, int y)
    {
        const int Reach = 9;
        return [.. from row in Enumerable.Range(y - Reach, 2 * Reach)
                   from column in Enumerable.Range(x - Reach, 2 * Reach)
                   select ColorAt(image, column, row)];
    }

    private static RgbColor ColorAt(PixelBuffer image, int x, int y) =>
        image.Row(y).Slice(x * PixelBuffer.Channels, PixelBuffer.Channels) is [var red, var green, var blue] ? new(red, green, blue) : default;

    private static List<(int X, int Y, RgbColor Color)> Changed(PixelBuffer before, PixelBuffer after)
    {
        List<(int, int, RgbColor)> changed = [];
        for (int y = 0; y < after.Height; y++)
        {
            for (int x = 0; x < after.Width; x++)
            {
                var color = ColorAt(after, x, y);
                if (color != ColorAt(before, x, y))
                {
                    changed.Add((x, y, color));
                }
            }
        }

        return changed;
    }

    private static string[] Lines(string text) => text.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await AnnotateCommand.Create().Parse(arguments).InvokeAsync(new() { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
