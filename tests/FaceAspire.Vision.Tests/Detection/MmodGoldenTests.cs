using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Our mmod against dlib 19.24.</summary>
public sealed class MmodGoldenTests(VisionFixture models)
{
    public static TheoryData<string> Photos => ["img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"];

    [Theory, MemberData(nameof(Photos))]
    public void Detect_GoldenPhoto_FindsTheReferenceFaces(string photo)
    {
        using var golden = SharedMaterial.Golden("dlib_mmod.json");
        var expected = golden.RootElement.GetProperty("photos").GetProperty(photo);
        using var image = models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));

        var found = models.Detector("mmod").Detect(image, TestContext.Current.CancellationToken);

        found.Count.ShouldBe(expected.GetArrayLength(), photo);
        foreach (var face in expected.EnumerateArray())
        {
            var box = new FaceBox(
                face.GetProperty("x").GetSingle(), face.GetProperty("y").GetSingle(), face.GetProperty("w").GetSingle(), face.GetProperty("h").GetSingle());
            var match = found.MaxBy(candidate => candidate.Box.Iou(box))!;
            match.Box.X.ShouldBe(box.X, 1, photo);
            match.Box.Y.ShouldBe(box.Y, 1, photo);
            match.Box.Width.ShouldBe(box.Width, 1, photo);
            match.Box.Height.ShouldBe(box.Height, 1, photo);
            match.Confidence.ShouldBe(Math.Min(1, face.GetProperty("score").GetSingle()), 0.02f, photo);
            match.Landmarks.ShouldBeEmpty();
        }
    }
}
