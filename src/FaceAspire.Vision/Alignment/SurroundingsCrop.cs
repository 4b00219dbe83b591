using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>A face with much of what is around it, which liveness networks look at: the edge of a print, the frame of a screen.</summary>
/// <remarks>As <c>CropImage</c> of Silent-Face-Anti-Spoofing and DeepFace after it: never more than the picture holds, moved inside instead of cut, both corners
/// truncated and inclusive, bilinear without regard to the sides' ratio.</remarks>
public static class SurroundingsCrop
{
    /// <summary>Cuts the surroundings and resizes them.</summary>
    /// <param name="image">The whole picture.</param>
    /// <param name="box">The face's box, clipped to the picture.</param>
    /// <param name="margin">Sides of the crop as multiples of the box's; less where the picture holds less.</param>
    /// <param name="width">Pixels across the crop.</param>
    /// <param name="height">Pixels down the crop.</param>
    public static PixelBuffer Cut(PixelBuffer image, PixelBox box, float margin, int width, int height)
    {
        var region = RegionOf(image.Width, image.Height, box, margin);
        return Resizer.ResizeRegion(image, region.X, region.Y, region.Width, region.Height, width, height);
    }

    /// <summary>The part of the picture that is shown.</summary>
    internal static PixelBox RegionOf(int imageWidth, int imageHeight, PixelBox box, float margin)
    {
        double boxWidth = Math.Max(1, box.Width);
        double boxHeight = Math.Max(1, box.Height);

        // A single-precision 2.7 is a little less than the reference's, which can move a corner by a pixel.
        double scale = Math.Min(Math.Min((imageHeight - 1) / boxHeight, (imageWidth - 1) / boxWidth), Math.Round(margin, 6));
        var (left, right) = Shift(box.X + (boxWidth / 2), boxWidth * scale, imageWidth - 1);
        var (top, bottom) = Shift(box.Y + (boxHeight / 2), boxHeight * scale, imageHeight - 1);
        return new(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>Both ends of a length about a middle, moved to lie between 0 and a last pixel.</summary>
    private static (int First, int Last) Shift(double middle, double length, int last)
    {
        double first = middle - (length / 2);
        double end = middle + (length / 2);
        if (first < 0)
        {
            (first, end) = (0, end - first);
        }

        if (end > last)
        {
            (first, end) = (first - (end - last), last);
        }

        // What rounding left outside.
        int from = Math.Clamp((int)first, 0, last);
        return (from, Math.Clamp((int)end, from, last));
    }
}
