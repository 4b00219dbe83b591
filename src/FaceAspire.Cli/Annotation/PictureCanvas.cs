using FaceAspire.Vision.Imaging;

namespace FaceAspire.Cli.Annotation;

/// <summary>Draws on a picture. What lies outside of it is left out.</summary>
/// <param name="image">Drawn on; stays the caller's.</param>
internal sealed class PictureCanvas(PixelBuffer image)
{
    /// <summary>Fills a rectangle.</summary>
    /// <param name="x">Left column.</param>
    /// <param name="y">Upper row.</param>
    /// <param name="width">Columns; nothing is drawn when it is not above 0.</param>
    /// <param name="height">Rows, likewise.</param>
    /// <param name="color">What its pixels become.</param>
    public void Fill(long x, long y, long width, long height, RgbColor color)
    {
        int left = (int)Math.Clamp(x, 0, image.Width);
        int right = (int)Math.Clamp(x + width, left, image.Width);
        int bottom = (int)Math.Clamp(y + height, 0, image.Height);
        for (int row = (int)Math.Clamp(y, 0, image.Height); row < bottom; row++)
        {
            var pixels = image.Row(row)[(left * PixelBuffer.Channels)..(right * PixelBuffer.Channels)];
            for (int i = 0; i < pixels.Length; i += PixelBuffer.Channels)
            {
                (pixels[i], pixels[i + 1], pixels[i + 2]) = (color.Red, color.Green, color.Blue);
            }
        }
    }

    /// <summary>Draws the edges of a rectangle, inside of it.</summary>
    /// <param name="x">Left column.</param>
    /// <param name="y">Upper row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="thickness">Pixels of an edge.</param>
    /// <param name="color">What its pixels become.</param>
    public void Frame(long x, long y, long width, long height, int thickness, RgbColor color)
    {
        Fill(x, y, width, thickness, color);
        Fill(x, y + height - thickness, width, thickness, color);
        Fill(x, y, thickness, height, color);
        Fill(x + width - thickness, y, thickness, height, color);
    }

    /// <summary>Fills a circle.</summary>
    /// <param name="x">Column of its centre.</param>
    /// <param name="y">Row of its centre.</param>
    /// <param name="radius">From 0, which is one pixel.</param>
    /// <param name="color">What its pixels become.</param>
    public void Dot(long x, long y, int radius, RgbColor color)
    {
        for (int row = -radius; row <= radius; row++)
        {
            int half = (int)Math.Sqrt((radius * radius) - (row * row));
            Fill(x - half, y + row, (2 * half) + 1, 1, color);
        }
    }

    /// <summary>Writes a text of the letters of <see cref="PixelFont"/>.</summary>
    /// <param name="x">Left column of the first letter.</param>
    /// <param name="y">Upper row.</param>
    /// <param name="text">The letters.</param>
    /// <param name="scale">Pixels of the picture, along a side, for one of the font.</param>
    /// <param name="color">What the letters' pixels become.</param>
    public void Write(long x, long y, string text, int scale, RgbColor color)
    {
        for (int i = 0; i < text.Length; i++)
        {
            for (int row = 0; row < PixelFont.Height; row++)
            {
                for (int column = 0; column < PixelFont.Width; column++)
                {
                    if (PixelFont.IsSet(text[i], column, row))
                    {
                        Fill(x + (((i * PixelFont.Advance) + column) * scale), y + (row * scale), scale, scale, color);
                    }
                }
            }
        }
    }
}
