using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Alignment;

namespace FaceAspire.Vision.Tests.Alignment;

public class LandmarkTemplateTests
{
    [Fact]
    public void Of_Margin_DrawsTheTemplateTogetherAboutTheMiddle()
    {
        var plain = LandmarkTemplate.Of(new(CropGeometry.FivePoint, 112, 112));
        var wider = LandmarkTemplate.Of(new(CropGeometry.FivePoint, 112, 112, Margin: 144f / 112));

        // As if 16 pixels were added on each side and the 144 resized to 112, half-pixel centres.
        for (int i = 0; i < plain.Length; i++)
        {
            wider[i].X.ShouldBe(((plain[i].X + 16.5f) * 112 / 144) - 0.5f, 1e-4f);
            wider[i].Y.ShouldBe(((plain[i].Y + 16.5f) * 112 / 144) - 0.5f, 1e-4f);
        }
    }

    [Fact]
    public void Of_TallerThanWide_IsCentredInTheWidth()
    {
        var square = LandmarkTemplate.Of(new(CropGeometry.FivePoint, 112, 112));
        var narrow = LandmarkTemplate.Of(new(CropGeometry.FivePoint, 96, 112));

        narrow[2].X.ShouldBe(square[2].X - 8, 1e-4f);
        narrow[2].Y.ShouldBe(square[2].Y, 1e-4f);
    }

    [Fact]
    public void Of_GeometryWithoutLandmarks_Throws() =>
        Should.Throw<ArgumentException>(static () => LandmarkTemplate.Of(new(CropGeometry.Square, 112, 112)));
}
