using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Tests.Detection;

public sealed class InputPlacementTests
{
    private static readonly ModelInput _rgb = new(4, 3, ColorOrder.Rgb, [10, 20, 30], 0.5f);

    [Theory]
    [InlineData(1_280, 720, 640, 360)]
    [InlineData(720, 1_280, 360, 640)]
    [InlineData(333, 500, 426, 640)] // 426.24
    [InlineData(10_000, 1, 640, 1)]
    [InlineData(1, 1, 640, 640)]
    public void Corner_PictureOfThatSize_FitsInWithTheShorterSideTruncated(int width, int height, int innerWidth, int innerHeight)
    {
        using var picture = new PixelBuffer(width, height);

        var placement = InputPlacement.Corner(DetectorFrame.Plain(picture), 640, 640);

        (placement.Left, placement.Top, placement.Width, placement.Height).ShouldBe((0, 0, innerWidth, innerHeight));
        var centered = InputPlacement.CenteredTruncated(DetectorFrame.Plain(picture), 640, 640);
        (centered.Left, centered.Top, centered.Width, centered.Height).ShouldBe(((640 - innerWidth) / 2, (640 - innerHeight) / 2, innerWidth, innerHeight));
    }

    [Fact]
    public void ToFrame_CornersOfThePictureInTheInput_AreItsOwn()
    {
        using var picture = new PixelBuffer(200, 120);
        var frame = DetectorFrame.Padded(picture); // 400×240
        InputPlacement[] placements =
        [
            InputPlacement.Stretched(frame, 300, 300), InputPlacement.Scaled(frame, 1.6), InputPlacement.Corner(frame, 640, 640),
            InputPlacement.CenteredTruncated(frame, 640, 640), InputPlacement.CenteredRounded(frame, 128, 128),
        ];

        foreach (var placement in placements)
        {
            var box = placement.ToFrame(placement.Left, placement.Top, placement.Left + placement.Width, placement.Top + placement.Height);

            box.X.ShouldBe(0);
            box.Y.ShouldBe(0);
            box.Right.ShouldBe(400, 0.001f);
            box.Bottom.ShouldBe(240, 1); // 76.8 rows of 128 are rounded to 77
            placement.ToFrame(placement.Left, placement.Top).ShouldBe(Vector2.Zero);
        }
    }

    [Fact]
    public void Pack_PictureInTheMiddle_HasTheBorderAroundItInEveryPlane()
    {
        using var picture = new PixelBuffer(2, 1);
        picture.Pixels[0] = 100;
        picture.Pixels[1] = 110;
        picture.Pixels[2] = 120;
        picture.Pixels[3] = 200;
        picture.Pixels[4] = 210;
        picture.Pixels[5] = 220;
        float[] tensor = new float[3 * 4 * 3];
        Array.Fill(tensor, float.NaN);
        var placement = new InputPlacement(4, 3, Left: 1, Top: 1, 2, 1, 1, 1);

        DetectorNetwork.Pack(picture, placement, _rgb, border: 50, tensor);

        tensor.ShouldBe(
        [
            20, 20, 20, 20, 20, 45, 95, 20, 20, 20, 20, 20,
            15, 15, 15, 15, 15, 45, 95, 15, 15, 15, 15, 15,
            10, 10, 10, 10, 10, 45, 95, 10, 10, 10, 10, 10,
        ]);
        float[] red = tensor[..12];

        DetectorNetwork.Pack(picture, placement, _rgb with { Color = ColorOrder.Bgr, Mean = [30, 20, 10] }, border: 50, tensor);

        tensor[24..].ShouldBe(red);
    }

    [Fact]
    public void Locate_AnchorOfAGrid_CountsCellsRowByRowAndItsAnchorsSideBySide()
    {
        var grid = AnchorGrid.Over(33, 16, stride: 16, perCell: 2);

        (grid.Columns, grid.Rows, grid.Count).ShouldBe((3, 1, 6));
        grid.Locate(5).ShouldBe((2, 0, 1));
        AnchorGrid.Over(16, 33, stride: 16, perCell: 1).Locate(2).ShouldBe((0, 2, 0));
    }
}
