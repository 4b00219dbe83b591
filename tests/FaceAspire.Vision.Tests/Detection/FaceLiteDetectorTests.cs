using System.Numerics;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>The embedded detector: on drawn faces, whose points are known, and against the detector that it learnt from.</summary>
public sealed class FaceLiteDetectorTests(VisionFixture models)
{
    // samples/draw.py: right eye, left eye and nose in parts of the picture's side.
    private static readonly Vector2[] _drawn = [new(0.400f, 0.445f), new(0.600f, 0.445f), new(0.500f, 0.605f)];

    [Theory]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(240)]
    [InlineData(480)]
    [InlineData(1_600)]
    public void Detect_DrawnFaceOfAnySize_FindsItsEyesAndNoseWhereTheyWereDrawn(int side)
    {
        using var drawn = models.Decode(Path.Combine(SharedMaterial.RepositoryRoot, "samples", "anna.jpg"));
        using var image = Resizer.Resize(drawn, side, side, Interpolation.Bilinear);

        var face = models.Detector("facelite").Detect(image, TestContext.Current.CancellationToken).ShouldHaveSingleItem();

        for (int i = 0; i < _drawn.Length; i++)
        {
            // A fifth of the side lies between the eyes. Drawn faces are strange to it: up to 0.31 of that distance were measured on 2026-11-25.
            Vector2.Distance(face.Landmarks[i], _drawn[i] * side).ShouldBeLessThan(0.4f * side / 5, $"point {i} at {face.Landmarks[i] / side}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void Detect_PictureOfOneColour_FindsNothing(byte value)
    {
        using var image = new PixelBuffer(320, 240);
        image.Pixels.Fill(value);

        models.Detector("facelite").Detect(image, TestContext.Current.CancellationToken).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(YuNetGoldenTests.Photos), MemberType = typeof(YuNetGoldenTests))]
    public void Detect_Photo_AgreesWithItsTeacher(string photo)
    {
        using var image = models.Decode(SharedMaterial.Photo($"{photo}.jpg"));
        var expected = models.DetectorOfFile("yunet", "yunet_n_dynamic.onnx", 640, 640, scoreThreshold: 0.9f, overlapThreshold: null).Detect(image, TestContext.Current.CancellationToken);

        var found = models.Detector("facelite").Detect(image, TestContext.Current.CancellationToken);

        foreach (var face in expected)
        {
            var match = found.MaxBy(candidate => candidate.Box.Iou(face.Box))!;
            match.Box.Iou(face.Box).ShouldBeGreaterThan(0.6f, photo);
            float eyes = Vector2.Distance(face.Landmarks[0], face.Landmarks[1]);
            face.Landmarks.Zip(match.Landmarks, Vector2.Distance).Average().ShouldBeLessThan(0.25f * eyes, photo); // the worst, a small one of the selfie, has 0.23
        }
    }
}
