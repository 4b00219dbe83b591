using FaceAspire.Testing;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Alignment;

public sealed class LetterboxTests(VisionFixture models)
{
    [Fact]
    public void Fit_WideRedPicture_IsCentredOnBlack()
    {
        using var red = new PixelBuffer(40, 20);
        for (int i = 0; i < red.Pixels.Length; i++)
        {
            red.Pixels[i] = i % 3 == 0 ? (byte)255 : (byte)0;
        }

        using var fitted = Letterbox.Fit(red, 20, 20);

        // 40×20 into 20×20: 20×10, five black rows above and below.
        for (int y = 0; y < 20; y++)
        {
            fitted.Row(y)[0].ShouldBe(y is >= 5 and < 15 ? (byte)255 : (byte)0, $"row {y}");
        }
    }

    [Fact]
    public void Fit_HeightWhoseQuotientLosesAPixel_LeavesABlackRow()
    {
        // 55 × (224 / 55) is 223.99… in doubles: DeepFace gets 223 rows and one black one at the end (deepface-facts, section 3.10).
        using var white = new PixelBuffer(55, 55);
        white.Pixels.Fill(255);

        using var fitted = Letterbox.Fit(white, 224, 224);

        fitted.Row(222)[0].ShouldBe((byte)255);
        fitted.Row(223)[0].ShouldBe((byte)0);
    }

    [Theory]
    [InlineData(112)]
    [InlineData(160)]
    [InlineData(224)]
    [InlineData(96)]
    public void Fit_DeepFaceCrop_GivesItsResizeImage(int side)
    {
        using var golden = SharedMaterial.Golden("deepface_extract.json");
        var resize = golden.RootElement.GetProperty("resize_image");
        using var face = models.Decode(SharedMaterial.File("golden", resize.GetProperty("source").GetString()!));
        using var expected = models.Decode(SharedMaterial.File("golden", "deepface", $"resize_image_{side}x{side}.png"));

        using var fitted = Letterbox.Fit(face, side, side);

        // The reference was rounded to bytes, ours is truncated as Dlib wants it.
        Golden.ShareWithin(fitted, expected, levels: 1).ShouldBe(1);
    }
}
