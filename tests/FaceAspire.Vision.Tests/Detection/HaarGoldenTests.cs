using System.Numerics;
using System.Text.Json;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Detection.Cascades;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Our cascades against OpenCV's <c>detectMultiScale3</c>.</summary>
public sealed class HaarGoldenTests(VisionFixture models)
{
    private const float BoxTolerance = 2; // pixels of the photo: JPEG decoders differ by a grey level here and there

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(YuNetGoldenTests.Photos), MemberType = typeof(YuNetGoldenTests))]
    public void Detect_GoldenPhoto_FindsTheReferenceFacesAndEyes(string photo)
    {
        using var golden = SharedMaterial.Golden("haarcascade.json");
        var expected = golden.RootElement.GetProperty("photos").GetProperty(photo);
        using var image = Decode(photo);

        var found = models.Detector("opencv").DetectAsDeepFace(DetectorFrame.Plain(image), Token);

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
            double weight = face.GetProperty("weight").GetDouble();
            (100 - (100 * (double)match.Confidence)).ShouldBe(weight, 0.01 * weight, photo);
            ShouldBeNear(match.RightEye, face.GetProperty("right_eye"), photo);
            ShouldBeNear(match.LeftEye, face.GetProperty("left_eye"), photo);
        }
    }

    [Theory]
    [InlineData("img5")]
    [InlineData("img12")]
    public void Scan_GoldenPhoto_AcceptsTheReferenceWindows(string photo)
    {
        using var golden = SharedMaterial.Golden("haarcascade.json");
        double[][] expected = golden.RootElement.GetProperty("raw_windows").GetProperty("photos").GetProperty(photo).Deserialize<double[][]>()!;
        using var image = Decode(photo);
        using var luma = LumaFrame.Of(DetectorFrame.Plain(image));

        using var found = CascadeScan.Run(HaarCascade.Load(SharedMaterial.Weights("haarcascade_frontalface_default.xml")), luma, 1.1, Token);

        // The reference is clipped to the photo and sorted.
        var windows = found.Windows.ToArray()
            .Select(window => (window.Box.X, window.Box.Y, Width: Math.Min(window.Box.Width, image.Width - window.Box.X), Height: Math.Min(window.Box.Height, image.Height - window.Box.Y), window.Weight))
            .Order()
            .ToArray();
        windows.Length.ShouldBe(expected.Length);
        foreach (var (window, reference) in windows.Zip(expected))
        {
            ((double)window.X, (double)window.Y, (double)window.Width, (double)window.Height).ShouldBe((reference[0], reference[1], reference[2], reference[3]), photo);
            window.Weight.ShouldBe(reference[5], 1e-6, photo);
        }
    }

    [Theory]
    [InlineData("img12", 0)]
    [InlineData("selfie-many-people", 1)]
    public void Scan_OneByOneOrEightAtOnce_AcceptsTheSameWindows(string photo, int borders)
    {
        using var image = Decode(photo);
        using var luma = LumaFrame.Of(borders == 0 ? DetectorFrame.Plain(image) : DetectorFrame.Padded(image));
        var cascade = HaarCascade.Load(SharedMaterial.Weights("haarcascade_frontalface_default.xml"));

        using var single = CascadeScan.Run(cascade, luma, 1.1, isVectorized: false, Token);

        using var vectorized = CascadeScan.Run(cascade, luma, 1.1, isVectorized: true, Token);
        single.Windows.ToArray().ShouldNotBeEmpty();
        vectorized.Windows.ToArray().ShouldBe(single.Windows.ToArray());
    }

    [Fact]
    public void Scan_ImaginedBorder_AcceptsTheWindowsOfABorderThatIsThere()
    {
        using var image = Decode("img12");
        using var imagined = LumaFrame.Of(DetectorFrame.Padded(image));
        using var bordered = PixelRegion.Cut(image, -imagined.PadX, -imagined.PadY, imagined.Width, imagined.Height);
        using var real = LumaFrame.Of(DetectorFrame.Plain(bordered));
        var cascade = HaarCascade.Load(SharedMaterial.Weights("haarcascade_frontalface_default.xml"));

        using var expected = CascadeScan.Run(cascade, real, 1.1, Token);
        using var found = CascadeScan.Run(cascade, imagined, 1.1, Token);

        found.Windows.ToArray().ShouldNotBeEmpty();
        found.Windows.ToArray().ShouldBe(expected.Windows.ToArray());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10_000, 1)]
    [InlineData(1, 10_000)]
    [InlineData(24, 24)]
    [InlineData(3_000, 24)]
    [InlineData(25, 3_000)]
    public void Detect_ExtremeShape_FindsNothing(int width, int height)
    {
        SharedMaterial.Require();
        using var image = new PixelBuffer(width, height);
        new Random(20_261_125).NextBytes(image.Pixels);

        models.Detector("opencv").Detect(image, Token).ShouldBeEmpty();
        models.Detector("opencv").DetectAsDeepFace(DetectorFrame.Padded(image), Token).ShouldBeEmpty();
    }

    [Fact]
    public void Detect_AfterWarmUp_AllocatesLittle()
    {
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));
        var detector = models.Detector("opencv");
        _ = detector.Detect(image, Token);

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = detector.Detect(image, Token);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.ShouldBeLessThan(64 * 1024);
    }

    [Fact]
    public void Detect_CancelledToken_Throws()
    {
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));

        Should.Throw<OperationCanceledException>(() => models.Detector("opencv").Detect(image, new CancellationToken(canceled: true)));
    }

    private PixelBuffer Decode(string photo)
    {
        // "couple" has no PNG.
        string png = SharedMaterial.File("golden", "photos", $"{photo}.png");
        return models.Decode(File.Exists(png) ? png : SharedMaterial.Photo($"{photo}.jpg"));
    }

    private static void ShouldBeNear(Vector2? actual, JsonElement expected, string what)
    {
        if (expected.ValueKind == JsonValueKind.Null)
        {
            actual.ShouldBeNull(what);
            return;
        }

        Vector2.Distance(actual!.Value, new(expected[0].GetSingle(), expected[1].GetSingle())).ShouldBeLessThanOrEqualTo(BoxTolerance, what);
    }
}
