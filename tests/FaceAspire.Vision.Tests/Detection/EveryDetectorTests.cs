using System.Numerics;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>What every detector of the catalogue must hold. One whose hash nobody published can only be fetched, and is not looked at.</summary>
public sealed class EveryDetectorTests(VisionFixture models)
{
    private const int MaxAllocated = 64 * 1024;

    public static TheoryData<string> Names => [.. ModelCatalog.LoadDefault().Of(ModelTask.Detection).Where(static entry => entry.Sha256 is not null).Select(static entry => entry.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Detect_ExtremeShape_FindsNothing(string name)
    {
        foreach (var (width, height) in ((int, int)[])[(1, 1), (10_000, 1), (1, 10_000)])
        {
            using var image = new PixelBuffer(width, height);
            image.Pixels.Clear();

            models.Detector(name).Detect(image, TestContext.Current.CancellationToken).ShouldBeEmpty($"{width}×{height}");
            models.Detector(name).DetectAsDeepFace(DetectorFrame.Padded(image), TestContext.Current.CancellationToken).ShouldBeEmpty($"{width}×{height}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Detect_PictureOfNoise_GivesNoBoxThatIsNone(string name)
    {
        using var image = new PixelBuffer(320, 240);
        new Random(20_261_125).NextBytes(image.Pixels);

        foreach (var face in models.Detector(name, scoreThreshold: 0.02f).Detect(image, TestContext.Current.CancellationToken))
        {
            float.IsFinite(face.Box.X + face.Box.Y).ShouldBeTrue();
            face.Box.Width.ShouldBeInRange(0, 1.5f * image.Width);
            face.Box.Height.ShouldBeInRange(0, 1.5f * image.Height);
            face.Confidence.ShouldBeInRange(0.02f, 1);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Detect_AfterWarmUp_AllocatesLittle(string name)
    {
        // Six faces: what a face costs is counted, too.
        using var image = models.Decode(SharedMaterial.Photo("selfie-many-people.jpg"));
        var detector = models.Detector(name);
        _ = detector.Detect(image, TestContext.Current.CancellationToken);
        _ = detector.DetectAsDeepFace(DetectorFrame.Padded(image), TestContext.Current.CancellationToken);

        LeastAllocated(() => detector.Detect(image, TestContext.Current.CancellationToken)).ShouldBeLessThan(MaxAllocated);
        LeastAllocated(() => detector.DetectAsDeepFace(DetectorFrame.Padded(image), TestContext.Current.CancellationToken)).ShouldBeLessThan(MaxAllocated);
    }

    [Theory, MemberData(nameof(Names))]
    public void Detect_CancelledToken_Throws(string name)
    {
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));

        Should.Throw<OperationCanceledException>(() => models.Detector(name).Detect(image, new CancellationToken(canceled: true)));
        Should.Throw<OperationCanceledException>(() => models.Detector(name).DetectAsDeepFace(DetectorFrame.Plain(image), new CancellationToken(canceled: true)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Detect_MirroredPhoto_MirrorsTheFace(string name)
    {
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));
        using var mirrored = Mirror(image);

        var face = models.Detector(name).Detect(image, TestContext.Current.CancellationToken)[0];
        var other = models.Detector(name).Detect(mirrored, TestContext.Current.CancellationToken)[0];

        // dlib's boxes are places of a grid of eight pixels on levels that shrink by a sixth: in the mirror the nearest is another.
        other.Box.Iou(face.Box with { X = image.Width - face.Box.Right }).ShouldBeGreaterThan(name is "dlib" or "mmod" ? 0.6f : 0.8f);
        (other.RightEye?.X < other.LeftEye?.X).ShouldBe(face.RightEye.HasValue);
    }

    [Theory, MemberData(nameof(Names))]
    public void Detect_PhotoInAnotherSize_FindsTheFaceAtTheSamePlace(string name)
    {
        using var image = models.Decode(SharedMaterial.Photo("img10.jpg"));
        var face = models.Detector(name).Detect(image, TestContext.Current.CancellationToken).ShouldHaveSingleItem();
        foreach (float scale in (float[])[0.5f, 1.5f])
        {
            using var scaled = Resizer.Resize(image, (int)(image.Width * scale), (int)(image.Height * scale), scale < 1 ? Interpolation.Area : Interpolation.Bilinear);

            var other = models.Detector(name).Detect(scaled, TestContext.Current.CancellationToken).ShouldHaveSingleItem().Map(x => x / scale, x => x / scale);

            // Sizes of dlib's boxes grow by a sixth.
            other.Box.Iou(face.Box).ShouldBeGreaterThan(name is "dlib" or "mmod" ? 0.7f : 0.8f, $"{scale} times as large");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Detect_LeaningPhoto_FindsTheFaceWhereItWentAndItsEyesLean(string name)
    {
        using var image = models.Decode(SharedMaterial.Photo("img10.jpg"));
        var face = models.Detector(name).Detect(image, TestContext.Current.CancellationToken)[0];
        foreach (double angle in (double[])[10, -10])
        {
            var rotation = AffineMatrix.Rotation(image.Width / 2d, image.Height / 2d, angle, scale: 0.8);
            using var turned = AffineWarp.Warp(image, rotation, image.Width, image.Height, Interpolation.Bilinear);

            var other = models.Detector(name).Detect(turned, TestContext.Current.CancellationToken).ShouldHaveSingleItem();

            // A box stays upright while the face leans: its middle and size say most.
            Vector2.Distance(MiddleOf(other.Box), rotation.Apply(MiddleOf(face.Box))).ShouldBeLessThan(0.15f * other.Box.Width, $"{angle} degrees");
            (other.Box.Width / (0.8f * face.Box.Width)).ShouldBeInRange(0.8f, 1.25f, $"{angle} degrees");
            (SlopeOf(face) - SlopeOf(other) ?? angle).ShouldBe(angle, 6, $"{angle} degrees");
        }
    }

    private static Vector2 MiddleOf(FaceBox box) => new(box.X + (box.Width / 2), box.Y + (box.Height / 2));

    /// <summary>Degrees by which the line through the eyes falls to the right of the picture; null where there are no eyes.</summary>
    private static double? SlopeOf(DetectedFace face) => face.LeftEye - face.RightEye is { } line ? Math.Atan2(line.Y, line.X) * 180 / Math.PI : null;

    private static PixelBuffer Mirror(PixelBuffer image)
    {
        var mirrored = new PixelBuffer(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                image.Row(y).Slice(x * PixelBuffer.Channels, PixelBuffer.Channels).CopyTo(mirrored.Row(y)[((image.Width - 1 - x) * PixelBuffer.Channels)..]);
            }
        }

        return mirrored;
    }

    /// <summary>The least of three calls: pools give memory back when it is collected, and one call then rents afresh.</summary>
    private static long LeastAllocated(Action action)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
