using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>The box with a margin that the FaceNets were trained on.</summary>
/// <remarks>As <c>align_dataset_mtcnn</c> of davidsandberg/facenet: a margin on all sides, cut where the picture ends, stretched to the crop. There the margin is
/// a number of pixels of the crop; here it is a share of the box, so that it does not depend on how large the face is.</remarks>
public static class BoxCrop
{
    /// <summary>Cuts the box and resizes it: area averaging when both sides shrink, bilinear else.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="box">The face's box.</param>
    /// <param name="margin">Sides of what is shown as multiples of the box's.</param>
    /// <param name="width">Pixels across the crop.</param>
    /// <param name="height">Pixels down the crop.</param>
    public static PixelBuffer Cut(PixelBuffer image, FaceBox box, float margin, int width, int height)
    {
        var region = RegionOf(image.Width, image.Height, box, margin);
        return region.Width > width && region.Height > height
            ? AreaResizer.Shrink(image, region.X, region.Y, region.Width, region.Height, width, height)
            : Resizer.ResizeRegion(image, region.X, region.Y, region.Width, region.Height, width, height);
    }

    /// <summary>The part of the picture that is shown: corners truncated, at least a pixel.</summary>
    internal static PixelBox RegionOf(int imageWidth, int imageHeight, FaceBox box, float margin)
    {
        var (left, right) = Enlarge(box.X, box.Width, margin, imageWidth);
        var (top, bottom) = Enlarge(box.Y, box.Height, margin, imageHeight);
        return new(left, top, right - left, bottom - top);
    }

    private static (int First, int End) Enlarge(float start, float length, float margin, int size)
    {
        double extra = length * ((double)margin - 1) / 2;
        int first = (int)Math.Clamp(start - extra, 0, size - 1);
        return (first, (int)Math.Clamp(start + (double)length + extra, first + 1, size));
    }
}
