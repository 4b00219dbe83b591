using FaceAspire.Contracts.Models;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Vision.Tests.Detection.Examples;

/// <summary>The worked example of <c>docs/adding-a-detector.md</c>: it compiles, finds what its original finds, and is what the page shows.</summary>
public sealed class TinyFaceDetectorTests(VisionFixture models) : IDisposable
{
    private readonly InferenceSessionPool _sessions = new(
        "tiny", static () => SharedMaterial.Weights("tiny_face_detector.onnx"), new("-1", NullLogger<InferenceDevice>.Instance));

    private readonly ModelInput _input = new(416, 416, ColorOrder.Rgb, [117.001f, 114.697f, 97.404f], 1 / 256f);

    public void Dispose() => _sessions.Dispose();

    [Theory, MemberData(nameof(YuNetGoldenTests.Photos), MemberType = typeof(YuNetGoldenTests))]
    public void Detect_GoldenPhoto_FindsTheReferenceFaces(string photo)
    {
        using var golden = SharedMaterial.Golden("tiny_face_detector.json");
        var expected = golden.RootElement.GetProperty("photos").GetProperty(photo).GetProperty("faces");
        using var image = models.DecodeExact(photo);

        var found = new TinyFaceDetector(_sessions, _input, scoreThreshold: 0.5f, overlapThreshold: 0.4f).Detect(image, TestContext.Current.CancellationToken);

        found.Count.ShouldBe(expected.GetArrayLength(), photo);
        foreach (var face in expected.EnumerateArray())
        {
            var box = new FaceBox(face.GetProperty("x").GetSingle(), face.GetProperty("y").GetSingle(), face.GetProperty("w").GetSingle(), face.GetProperty("h").GetSingle());
            var match = found.MaxBy(candidate => candidate.Box.Iou(box))!;
            match.Box.Iou(box).ShouldBeGreaterThan(0.97f, photo);
            match.Confidence.ShouldBe(face.GetProperty("score").GetSingle(), 0.01f, photo);
        }
    }

    [Fact]
    public void Page_Example_IsTheCodeThatIsTested()
    {
        string page = File.ReadAllText(Path.Combine(SharedMaterial.RepositoryRoot, "docs", "adding-a-detector.md")).ReplaceLineEndings("\n");
        string code = File.ReadAllText(Path.Combine(SharedMaterial.RepositoryRoot, "tests", "FaceAspire.Vision.Tests", "Detection", "Examples", "TinyFaceDetector.cs")).ReplaceLineEndings("\n");

        page.ShouldContain($"```csharp\n{code}```");
    }
}
