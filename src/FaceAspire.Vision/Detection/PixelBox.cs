namespace FaceAspire.Vision.Detection;

/// <summary>An upright rectangle in whole pixels.</summary>
/// <param name="X">Left column.</param>
/// <param name="Y">Upper row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelBox(int X, int Y, int Width, int Height)
{
    /// <summary>Width × height, without overflow.</summary>
    public long Area => (long)Width * Height;

    /// <summary>The box with every number truncated towards zero, as DeepFace does.</summary>
    public static PixelBox Truncate(FaceBox box) => new((int)box.X, (int)box.Y, (int)box.Width, (int)box.Height);

    /// <summary>DeepFace's <c>expand_percentage</c>: the sides grow by that part of themselves about the middle, within a picture of the given size.</summary>
    public PixelBox Expand(int percentage, int pictureWidth, int pictureHeight)
    {
        if (percentage <= 0)
        {
            return this;
        }

        int width = Width + (int)((long)Width * percentage / 100);
        int height = Height + (int)((long)Height * percentage / 100);
        int x = Math.Max(0, X - ((width - Width) / 2));
        int y = Math.Max(0, Y - ((height - Height) / 2));
        return new(x, y, Math.Min(pictureWidth - x, width), Math.Min(pictureHeight - y, height));
    }
}
