using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>The picture as a detector is to see it: plain, or with DeepFace's black border, which is never stored, only imagined when the picture is shrunk.</summary>
/// <param name="Image">The upright picture.</param>
/// <param name="PadX">Black columns imagined on the left and on the right.</param>
/// <param name="PadY">Black rows imagined above and below.</param>
public readonly record struct DetectorFrame(PixelBuffer Image, int PadX, int PadY)
{
    /// <summary>Width with the border.</summary>
    public int Width => Image.Width + (2 * PadX);

    /// <summary>Height with the border.</summary>
    public int Height => Image.Height + (2 * PadY);

    /// <summary>The picture as it is.</summary>
    public static DetectorFrame Plain(PixelBuffer image) => new(image, 0, 0);

    /// <summary>The picture with half its size as a border on every side: what DeepFace's detectors see when it aligns.</summary>
    public static DetectorFrame Padded(PixelBuffer image) => new(image, image.Width / 2, image.Height / 2);

    /// <summary>The frame in the given size; null when it is the picture itself in its own size.</summary>
    /// <param name="width">Pixels across the result.</param>
    /// <param name="height">Pixels down the result.</param>
    /// <param name="interpolation">Bilinear, or area, which is bilinear where a side grows.</param>
    public PixelBuffer? Resize(int width, int height, Interpolation interpolation = Interpolation.Bilinear)
    {
        if (PadX == 0 && PadY == 0)
        {
            return width == Width && height == Height ? null : Resizer.Resize(Image, width, height, interpolation);
        }

        if (interpolation == Interpolation.Area && width <= Width && height <= Height)
        {
            return AreaResizer.Shrink(Image, -PadX, -PadY, Width, Height, width, height);
        }

        return width == Width && height == Height
            ? PixelRegion.Cut(Image, -PadX, -PadY, Width, Height)
            : Resizer.ResizePadded(Image, PadX, PadY, width, height);
    }
}
