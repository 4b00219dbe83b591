namespace FaceAspire.Vision.Detection;

/// <summary>Where dlib's <c>create_tiled_pyramid</c> puts the levels of a picture's pyramid on one sheet: below each other, and upwards again beside them.</summary>
internal sealed class MmodSheet
{
    private const int Gap = 10;        // pyramid_padding
    private const int Border = 11;     // pyramid_outer_padding
    private const int LeastHeight = 5;
    private const double Rate = 5 / 6.0;

    private MmodSheet(List<PixelBox> levels, int width, int height) => (Levels, Width, Height) = (levels, width, height);

    /// <summary>The levels, the picture itself first.</summary>
    public IReadOnlyList<PixelBox> Levels { get; }

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>The sheet of a picture of the given size.</summary>
    public static MmodSheet Of(int width, int height)
    {
        List<PixelBox> levels = [];
        long total = -2L * Gap;
        for (var (w, h) = (width, height); w > 0 && (levels.Count == 0 || h >= LeastHeight); (w, h) = ((int)Math.Floor(Rate * w), (int)Math.Floor(Rate * h)))
        {
            levels.Add(new(0, 0, w, h));
            total += h + Gap;
        }

        // The first column ends where a level fits beside the one before it and half of what is below the picture is placed.
        int column = -Gap;
        int before = 0;
        foreach (var level in levels)
        {
            if (level.Width <= width - before - Gap && (column + Gap - height) * 2L >= total - height)
            {
                break;
            }

            column += level.Height + Gap;
            before = level.Width;
        }

        int placed = Place(levels, width, column);
        levels.RemoveRange(placed, levels.Count - placed);
        return new(levels, width + (2 * Border), column + (2 * Border));
    }

    /// <summary>The level that a point of the sheet lies in, or is nearest to.</summary>
    public int Nearest(double x, double y)
    {
        int nearest = 0;
        double least = double.MaxValue;
        for (int i = 0; i < Levels.Count; i++)
        {
            var level = Levels[i];
            double across = x - Math.Clamp(x, level.X, level.X + level.Width - 1);
            double down = y - Math.Clamp(y, level.Y, level.Y + level.Height - 1);
            double distance = (across * across) + (down * down);
            if (distance < least)
            {
                (least, nearest) = (distance, i);
            }
        }

        return nearest;
    }

    /// <summary>Gives the levels their places; those that would cover the picture get none.</summary>
    /// <returns>How many have one.</returns>
    private static int Place(List<PixelBox> levels, int width, int column)
    {
        int y = Border;
        int i = 0;
        for (; y < column + Border && i < levels.Count; i++)
        {
            levels[i] = levels[i] with { X = Border, Y = y };
            y += levels[i].Height + Gap;
        }

        y -= Gap;
        for (; i < levels.Count; i++)
        {
            var level = levels[i] with { X = Border + width - levels[i].Width, Y = y - levels[i].Height };
            if (level.X < levels[0].X + levels[0].Width && level.Y < levels[0].Y + levels[0].Height)
            {
                break;
            }

            levels[i] = level;
            y -= level.Height + Gap;
        }

        return i;
    }
}
