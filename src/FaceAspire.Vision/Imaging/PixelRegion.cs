namespace FaceAspire.Vision.Imaging;

/// <summary>Rectangles of a picture.</summary>
public static class PixelRegion
{
    /// <summary>Copies a rectangle; black where it lies outside of the source.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="x">Left column, may be negative.</param>
    /// <param name="y">Upper row, may be negative.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <returns>The caller's to dispose.</returns>
    public static PixelBuffer Cut(PixelBuffer source, int x, int y, int width, int height)
    {
        var result = new PixelBuffer(width, height);
        int left = (int)Math.Clamp(-(long)x, 0, width);
        int right = (int)Math.Clamp((long)source.Width - x, left, width);
        for (int row = 0; row < height; row++)
        {
            var destination = result.Row(row);
            long sourceRow = (long)y + row;
            if (sourceRow < 0 || sourceRow >= source.Height || left == right)
            {
                destination.Clear();
                continue;
            }

            destination[..(left * PixelBuffer.Channels)].Clear();
            source.Row((int)sourceRow).Slice((x + left) * PixelBuffer.Channels, (right - left) * PixelBuffer.Channels).CopyTo(destination[(left * PixelBuffer.Channels)..]);
            destination[(right * PixelBuffer.Channels)..].Clear();
        }

        return result;
    }
}
