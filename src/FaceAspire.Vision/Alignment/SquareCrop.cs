using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>The upright square around a face's box that attribute networks take.</summary>
public static class SquareCrop
{
    // Longest side of a square that is copied before it is resized: 75 MB.
    private const int MaxSide = 5_000;

    /// <summary>Cuts the square and resizes it: area averaging when it shrinks, bilinear when it grows. Black outside the picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="box">The face's box.</param>
    /// <param name="margin">Side of the square as a multiple of the box's longer side.</param>
    /// <param name="width">Pixels across the crop.</param>
    /// <param name="height">Pixels down the crop.</param>
    public static PixelBuffer Cut(PixelBuffer image, FaceBox box, float margin, int width, int height)
    {
        double side = Math.Max(box.Width, box.Height) * (double)margin;
        double left = box.X + (box.Width / 2.0) - (side / 2);
        double top = box.Y + (box.Height / 2.0) - (side / 2);
        if (side > MaxSide)
        {
            // A ribbon of a picture would have a square of gigabytes: sampled in place instead.
            var toCrop = new AffineMatrix(width / side, 0, -left * width / side, 0, height / side, -top * height / side);
            return AffineWarp.Warp(image, toCrop, width, height, Interpolation.Bilinear);
        }

        int pixels = Math.Max(1, (int)Math.Round(side));
        using var square = PixelRegion.Cut(image, (int)Math.Round(left), (int)Math.Round(top), pixels, pixels);
        return Resizer.Resize(square, width, height, pixels > Math.Max(width, height) ? Interpolation.Area : Interpolation.Bilinear);
    }
}
