using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>What every detector of a cascade or pyramid must bear.</summary>
public sealed class CascadeLimitTests(VisionFixture models)
{
    public static TheoryData<string> Detectors => ["mtcnn", "fastmtcnn", "mmod", "dlib"];

    public static TheoryData<string, int, int> Extremes
    {
        get
        {
            TheoryData<string, int, int> data = [];
            foreach (string detector in (string[])[.. Detectors.Select(static row => row.Data)])
            {
                foreach (var (width, height) in (ReadOnlySpan<(int, int)>)[(1, 1), (2, 3), (10_000, 1), (1, 10_000), (3_000, 20), (13, 13)])
                {
                    data.Add(detector, width, height);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Extremes))]
    public void Detect_ExtremeShape_FindsNothing(string detector, int width, int height)
    {
        SharedMaterial.Require();
        using var image = new PixelBuffer(width, height);
        image.Pixels.Clear();

        models.Detector(detector).Detect(image, TestContext.Current.CancellationToken).ShouldBeEmpty();
        models.Detector(detector).DetectAsDeepFace(DetectorFrame.Padded(image), TestContext.Current.CancellationToken).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Detectors))]
    public void Detect_PictureOfNoise_GivesFiniteBoxes(string detector)
    {
        SharedMaterial.Require();
        using var image = new PixelBuffer(640, 480);
        new Random(20_250_101).NextBytes(image.Pixels);

        models.Detector(detector).Detect(image, TestContext.Current.CancellationToken)
            .ShouldAllBe(static face => float.IsFinite(face.Box.Area) && face.Box.Width > 0 && face.Box.Height > 0);
    }

    [Theory, MemberData(nameof(Detectors))]
    public void Detect_AfterWarmUp_AllocatesLittle(string name)
    {
        using var image = models.Decode(SharedMaterial.Photo("selfie-many-people.jpg"));
        var detector = models.Detector(name);
        _ = detector.Detect(image, TestContext.Current.CancellationToken);

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = detector.Detect(image, TestContext.Current.CancellationToken);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.ShouldBeLessThan(64 * 1024);
    }

    [Theory, MemberData(nameof(Detectors))]
    public void Detect_CancelledToken_Throws(string detector)
    {
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));

        Should.Throw<OperationCanceledException>(() => models.Detector(detector).Detect(image, new CancellationToken(canceled: true)));
    }
}
