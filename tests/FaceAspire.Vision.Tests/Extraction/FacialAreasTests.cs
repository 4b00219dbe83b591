using System.Numerics;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Vision.Tests.Extraction;

public sealed class FacialAreasTests
{
    // E9 of DeepFace's own tests: the points that it puts around and into a picture of 100×100.
    [Theory]
    [InlineData(-5, 20, false)]
    [InlineData(20, 200, false)]
    [InlineData(150, 20, false)]
    [InlineData(20, -10, false)]
    [InlineData(100, 30, false)]
    [InlineData(30, 30, true)]
    [InlineData(0, 99, true)]
    public void Of_EyeThatLiesThere_IsToldOnlyInsideThePicture(float x, float y, bool isTold)
    {
        var eye = new Vector2(x, y);

        var asLeft = FacialAreas.Of(100, 100, new PixelBox(10, 10, 50, 50), leftEye: eye, rightEye: null);
        var asRight = FacialAreas.Of(100, 100, new PixelBox(10, 10, 50, 50), leftEye: null, rightEye: eye);

        (asLeft.LeftEye is [var leftX, var leftY] && leftX == (int)x && leftY == (int)y).ShouldBe(isTold);
        (asRight.RightEye is [var rightX, var rightY] && rightX == (int)x && rightY == (int)y).ShouldBe(isTold);
        (asLeft.RightEye, asRight.LeftEye).ShouldBe((null, null));
        (asLeft.LeftEye is null).ShouldBe(!isTold);
    }
}
