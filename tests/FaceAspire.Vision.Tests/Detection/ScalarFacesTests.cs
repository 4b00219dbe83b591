using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Text.Json;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Every detector in a process without vector instructions against this one. The networks themselves run in native code either way: what differs is all that
/// is done before and after them, and the detectors that are no networks.</summary>
public sealed class ScalarFacesTests(VisionFixture models)
{
    private const string AnswerFile = "FACEASPIRE_TEST_FACES";
    private const float BoxTolerance = 0.05f;      // pixels: sums in another order
    private const float ScoreTolerance = 1e-3f;

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Detect_WithoutVectorInstructions_FindsTheSameFaces()
    {
        SharedMaterial.Require();
        var own = FindFaces();
        if (Environment.GetEnvironmentVariable(AnswerFile) is { Length: > 0 } file)
        {
            // This is the other process.
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new Answer(Vector128.IsHardwareAccelerated, own)), TestContext.Current.CancellationToken);
            return;
        }

        var scalar = await AskWithoutVectorsAsync();

        scalar.IsVectorised.ShouldBeFalse();
        scalar.Faces.Keys.ShouldBe(own.Keys, ignoreOrder: true);
        own.Values.ShouldAllBe(static faces => faces.Length > 0);
        foreach (var (detector, faces) in own)
        {
            scalar.Faces[detector].Length.ShouldBe(faces.Length, detector);
            foreach (var (first, second) in faces.Zip(scalar.Faces[detector]))
            {
                second.Confidence.ShouldBe(first.Confidence, ScoreTolerance, detector);
                second.Numbers.Length.ShouldBe(first.Numbers.Length, detector);
                first.Numbers.Zip(second.Numbers, static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(BoxTolerance, detector);
            }
        }
    }

    /// <summary>Both ways of every detector on a small photo: without vectors the detectors that look at every pixel take their time.</summary>
    private Dictionary<string, Face[]> FindFaces()
    {
        using var photo = models.Decode(SharedMaterial.Photo("img10.jpg"));
        using var image = Resizer.Resize(photo, photo.Width / 2, photo.Height / 2, Interpolation.Area);
        Dictionary<string, Face[]> faces = [];
        foreach (var entry in models.Catalog.Of(ModelTask.Detection).Where(static entry => entry.Files.All(static file => SharedMaterial.HasWeights(file.Name))))
        {
            var detector = models.Detector(entry.Name);
            faces[entry.Name] = [.. detector.Detect(image, TestContext.Current.CancellationToken).Select(Face.Of)];
            faces[$"{entry.Name} as DeepFace's"] = [.. detector.DetectAsDeepFace(DetectorFrame.Plain(image), TestContext.Current.CancellationToken).Select(Face.Of)];
        }

        return faces;
    }

    /// <summary>Runs this very test in another process.</summary>
    private static async Task<Answer> AskWithoutVectorsAsync()
    {
        string file = Path.GetTempFileName();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(_limit);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(ScalarFacesTests).Assembly.Location, "-noColor", "-class", typeof(ScalarFacesTests).FullName!])
        {
            Environment = { ["DOTNET_EnableHWIntrinsic"] = "0", [AnswerFile] = file },
            RedirectStandardOutput = true,
        })!;
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            process.ExitCode.ShouldBe(0, output);
            return JsonSerializer.Deserialize<Answer>(await File.ReadAllTextAsync(file, limit.Token))!;
        }
        finally
        {
            process.Kill(entireProcessTree: true); // nothing where it has ended
            File.Delete(file);
        }
    }

    private sealed record Answer(bool IsVectorised, Dictionary<string, Face[]> Faces);

    private sealed record Face(float Confidence, float[] Numbers)
    {
        public static Face Of(DetectedFace face) => new(
            face.Confidence, [face.Box.X, face.Box.Y, face.Box.Width, face.Box.Height, .. face.Landmarks.SelectMany(static point => (float[])[point.X, point.Y])]);
    }
}
