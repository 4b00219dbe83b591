using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Extraction;

public sealed class NativeExtractionTests(VisionFixture models)
{
    private static readonly CropRecipe _fivePoint = new(CropGeometry.FivePoint, 112, 112);
    private static readonly CropRecipe _square = new(CropGeometry.Square, 64, 64);

    [Fact]
    public void Extract_TwoRecipes_GivesBothCropsOfEveryFaceInThatOrder()
    {
        using var image = models.Decode(SharedMaterial.Photo("couple.jpg"));

        using var faces = models.Extractor.Extract(image, new("yunet", [_fivePoint, _square]), TestContext.Current.CancellationToken);

        faces.Count.ShouldBe(2);
        faces.ShouldAllBe(static face => face.Crops[0].Width == 112 && face.Crops[1].Width == 64);
    }

    [Fact]
    public void Extract_SkipOnAPhoto_TakesTheLandmarksFromTheDefaultDetector()
    {
        // The whole picture is the face; its five points come from yunet, so the embedding is that of the detected face.
        using var image = models.Decode(SharedMaterial.Photo("img5.jpg"));
        using var skipped = models.Extractor.Extract(image, new(ApiNames.SkipDetector, [_fivePoint]), TestContext.Current.CancellationToken);
        using var detected = models.Extractor.Extract(image, new("yunet", [_fivePoint]), TestContext.Current.CancellationToken);

        skipped[0].Area.ShouldBe(new(0, 0, image.Width - 1, image.Height - 1));
        skipped[0].Confidence.ShouldBe(0);
        Golden.Cosine(models.Embed("mobileface_v2", skipped[0].Crops[0]), models.Embed("mobileface_v2", detected[0].Crops[0])).ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void Extract_SkipOnAFaceOf48Pixels_StillFindsTheLandmarks()
    {
        using var image = models.Decode(SharedMaterial.Photo("img4.jpg"));
        using var large = models.Extractor.Extract(image, new("yunet", [_fivePoint]), TestContext.Current.CancellationToken);
        var box = large[0].Area;
        using var face = SquareCrop.Cut(image, new(box.X!.Value, box.Y!.Value, box.W!.Value, box.H!.Value), margin: 1.2f, 192, 192);
        using var small = Resizer.Resize(face, 48, 48, Interpolation.Bilinear);

        using var skipped = models.Extractor.Extract(small, new(ApiNames.SkipDetector, [_fivePoint]), TestContext.Current.CancellationToken);

        // Details are gone, so both are looked at in 14×14 pixels; the picture taken whole differs by 32 levels.
        MeanDifference(skipped[0].Crops[0], large[0].Crops[0], 14).ShouldBeLessThan(20);
    }

    [Fact]
    public void Extract_SkipOnAPictureWithoutFace_FitsTheWholePicture()
    {
        SharedMaterial.Require();
        using var white = new PixelBuffer(224, 112);
        white.Pixels.Fill(255);

        using var faces = models.Extractor.Extract(white, new(ApiNames.SkipDetector, [_fivePoint]), TestContext.Current.CancellationToken);

        // 2:1 into a square: a band of half the height, black above and below.
        var crop = faces.ShouldHaveSingleItem().Crops[0];
        crop.Row(0)[0].ShouldBe((byte)0);
        crop.Row(56)[0].ShouldBe((byte)255);
    }

    [Fact]
    public void Extract_WithoutAlign_DoesNotRotate()
    {
        // The person of img11 leans by 15.4 degrees (golden/crops.json has the eyes): with align they lie level in the crop, without they lean as they did.
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));
        using var aligned = models.Extractor.Extract(image, new("yunet", [_fivePoint]), TestContext.Current.CancellationToken);
        using var plain = models.Extractor.Extract(image, new("yunet", [_fivePoint]) { Align = false }, TestContext.Current.CancellationToken);

        EyeSlopeOf(aligned[0].Crops[0]).ShouldBe(0, tolerance: 3);
        EyeSlopeOf(plain[0].Crops[0]).ShouldBe(15.4, tolerance: 3);
    }

    /// <summary>Degrees by which the person's left eye lies below the right one, as the detector sees them in the crop.</summary>
    private double EyeSlopeOf(PixelBuffer crop)
    {
        // Of a small face that fills its picture yunet says little more than that it is upright: a border and twice the size make it look.
        const int Border = 20;
        using var bordered = PixelRegion.Cut(crop, -Border, -Border, crop.Width + (2 * Border), crop.Height + (2 * Border));
        using var doubled = Resizer.Resize(bordered, 2 * bordered.Width, 2 * bordered.Height, Interpolation.Bilinear);
        var face = models.YuNet().Detect(doubled, TestContext.Current.CancellationToken).ShouldHaveSingleItem();
        var eyes = face.LeftEye!.Value - face.RightEye!.Value;
        return Math.Atan2(eyes.Y, eyes.X) * 180 / Math.PI;
    }

    [Fact]
    public void Extract_BesideDeepFacesCrop_IsCutAroundTheSameFace()
    {
        using var image = models.Decode(SharedMaterial.Photo("img5.jpg"));
        using var plain = models.Extractor.Extract(image, new("yunet", [_fivePoint]) { Align = false }, TestContext.Current.CancellationToken);

        using var beside = models.Extractor.Extract(
            image, new("yunet", [new(CropGeometry.Eyes, 112, 112), _fivePoint]) { Align = false }, TestContext.Current.CancellationToken);

        // Without alignment DeepFace's detector sees the plain picture too, and only rounds to whole pixels.
        Golden.Cosine(models.Embed("mobileface_v2", beside[0].Crops[1]), models.Embed("mobileface_v2", plain[0].Crops[0])).ShouldBeGreaterThan(0.98);
    }

    private static double MeanDifference(PixelBuffer a, PixelBuffer b, int side)
    {
        using var first = AreaResizer.Shrink(a, 0, 0, a.Width, a.Height, side, side);
        using var second = AreaResizer.Shrink(b, 0, 0, b.Width, b.Height, side, side);
        return first.Pixels.ToArray().Zip(second.Pixels.ToArray(), static (x, y) => Math.Abs(x - y)).Average();
    }
}
