using System.Numerics;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Our YuNet against OpenCV's network runtime with a decode in numpy.</summary>
public sealed class YuNetGoldenTests(VisionFixture models)
{
    private const float BoxTolerance = 1;         // pixels of the photo
    private const float LandmarkTolerance = 1.5f;

    public static TheoryData<string> Photos => ["couple", "img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"];

    [Theory, MemberData(nameof(Photos))]
    public void Detect_GoldenPhoto_FindsTheReferenceFaces(string photo)
    {
        using var golden = SharedMaterial.Golden("yunet_s_dynamic.json");
        float threshold = golden.RootElement.GetProperty("score_threshold").GetSingle();
        var expected = golden.RootElement.GetProperty("photos").GetProperty(photo).GetProperty("faces");

        using var image = models.DecodeExact(photo);
        var found = models.YuNet(threshold).Detect(image, TestContext.Current.CancellationToken);

        found.Count.ShouldBe(expected.GetArrayLength(), photo);
        foreach (var face in expected.EnumerateArray())
        {
            var box = new FaceBox(
                face.GetProperty("x").GetSingle(), face.GetProperty("y").GetSingle(), face.GetProperty("w").GetSingle(), face.GetProperty("h").GetSingle());
            var match = found.MaxBy(candidate => candidate.Box.Iou(box))!;
            match.Box.X.ShouldBe(box.X, BoxTolerance, photo);
            match.Box.Y.ShouldBe(box.Y, BoxTolerance, photo);
            match.Box.Width.ShouldBe(box.Width, BoxTolerance, photo);
            match.Box.Height.ShouldBe(box.Height, BoxTolerance, photo);
            match.Confidence.ShouldBe(face.GetProperty("score").GetSingle(), 0.01f, photo);
            foreach (var (actual, reference) in match.Landmarks.Zip(Golden.Points(face.GetProperty("landmarks"))))
            {
                Vector2.Distance(actual, reference).ShouldBeLessThanOrEqualTo(LandmarkTolerance, photo);
            }
        }
    }

    [Fact]
    public void Detect_PictureOfNoise_FindsNothing()
    {
        SharedMaterial.Require();
        using var image = new PixelBuffer(320, 240);
        new Random(20_250_101).NextBytes(image.Pixels);

        models.YuNet().Detect(image, TestContext.Current.CancellationToken).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4_000, 1)]
    [InlineData(1, 4_000)]
    public void Detect_ExtremeShape_FindsNothing(int width, int height)
    {
        SharedMaterial.Require();
        using var image = new PixelBuffer(width, height);
        image.Pixels.Clear();

        models.YuNet().Detect(image, TestContext.Current.CancellationToken).ShouldBeEmpty();
    }

    [Fact]
    public void Detect_AfterWarmUp_AllocatesLittle()
    {
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));
        var detector = models.YuNet();
        _ = detector.Detect(image, TestContext.Current.CancellationToken);

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = detector.Detect(image, TestContext.Current.CancellationToken);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.ShouldBeLessThan(64 * 1024);
    }

    [Fact]
    public void Detect_CancelledToken_Throws()
    {
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));

        Should.Throw<OperationCanceledException>(() => models.YuNet().Detect(image, new CancellationToken(canceled: true)));
    }
}
