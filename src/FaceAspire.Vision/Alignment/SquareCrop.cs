using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>The upright square around a face's box that attribute networks take.</summary>
public static class SquareCrop
{
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
        int pixels = Math.Max(1, (int)Math.Round(side));
        int x = (int)Math.Round(left);
        int y = (int)Math.Round(top);
        if (pixels > Math.Max(width, height))
        {
            // In place: a ribbon of a picture has a square of gigabytes, nearly all of it black.
            return AreaResizer.Shrink(image, x, y, pixels, pixels, width, height);
        }

        using var square = PixelRegion.Cut(image, x, y, pixels, pixels);
        return Resizer.Resize(square, width, height, Interpolation.Bilinear);
    }
}
