using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Tests.Alignment;

public sealed class EyeLineAlignerTests
{
    private static readonly Vector2 _rightEye = new(40, 50);
    private static readonly Vector2 _leftEye = new(60, 52);

    [Theory]
    [InlineData(201, 10)]
    [InlineData(10, 101)]
    [InlineData(40_000, 40_000)] // once an overflow
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Align_BoxLargerThanThePictureWithItsBorder_IsNoFace(int width, int height)
    {
        using var image = new PixelBuffer(100, 50);

        EyeLineAligner.Align(image, new(0, 0, width, height), _rightEye, _leftEye).ShouldBeNull();
    }

    [Fact]
    public void Align_BoxAsLargeAsThePictureWithItsBorder_IsCut()
    {
        using var image = new PixelBuffer(100, 50);
        image.Pixels.Fill(200);

        using var crop = EyeLineAligner.Align(image, new(-50, -25, 200, 100), _rightEye, _rightEye + new Vector2(20, 0));

        crop.ShouldNotBeNull();
        (crop.Width, crop.Height).ShouldBe((200, 100));
        crop.Row(0)[0].ShouldBe((byte)0);
        crop.Row(50)[300].ShouldBe((byte)200);
    }

    [Fact]
    public void Crop_FaceOfAbsurdSize_IsLeftOut()
    {
        using var image = new PixelBuffer(100, 50);
        var options = new ExtractionOptions("yunet", [new(CropGeometry.Eyes, 0, 0)]) { ExpandPercentage = 0 };
        var face = new DetectedFace(new(0, 0, 30_000, 30_000), [_rightEye, _leftEye, new(50, 60), new(42, 70), new(58, 71)], Confidence: 1);

        new DeepFaceCropper(options, new(align: true, static () => null), eyes: null).Crop(DecodedPicture.Of(image), face, TestContext.Current.CancellationToken).ShouldBeNull();
    }
}
