using FaceAspire.Vision.Detection.Cascades;

namespace FaceAspire.Vision.Tests.Detection.Cascades;

/// <summary>Sums from the strip against sums counted pixel by pixel.</summary>
public sealed class IntegralStripTests
{
    private const int Width = 37, Height = 40, Rows = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Append_MoreRowsThanFit_GivesTheSumsOfEveryRectangle(int step)
    {
        byte[] pixels = new byte[Width * Height];
        new Random(7).NextBytes(pixels);
        using var strip = new IntegralStrip(Width, Rows, hasTilted: true);
        strip.Begin(Width, step);
        int top = 0;
        for (int y = 0; y < Height; y++)
        {
            if (strip.PictureRows == Rows)
            {
                strip.Drop(5);
                top += 5;
            }

            strip.Append(pixels.AsSpan(y * Width, Width));
            for (int x = 0; x < Width - 6; x++)
            {
                int bottom = strip.PictureRows;
                (int wide, int high) = (1 + (x % 5), 1 + (y % Math.Min(bottom, 4)));
                int left = x, upper = bottom - high;
                Rectangle(strip, 0, left, upper, wide, high).ShouldBe(Count(pixels, (px, py) => px >= left && px < left + wide && py >= top + upper && py < top + bottom, square: false));
                Rectangle(strip, 1, left, upper, wide, high).ShouldBe(Count(pixels, (px, py) => px >= left && px < left + wide && py >= top + upper && py < top + bottom, square: true));
            }

            ShouldHaveTiltedSums(strip, pixels, top);
        }
    }

    /// <summary>Every tilted rectangle that ends in the last row.</summary>
    private static void ShouldHaveTiltedSums(IntegralStrip strip, byte[] pixels, int top)
    {
        foreach (var (wide, high) in ((int, int)[])[(1, 1), (2, 1), (1, 3), (3, 2)])
        {
            int upper = strip.PictureRows - wide - high;
            if (upper < 0)
            {
                continue;
            }

            for (int x = high; x + wide <= Width; x++)
            {
                int plane = 2 * strip.Plane;
                int sum = strip.Sums[plane + strip.OffsetOf(x, upper)]
                    - strip.Sums[plane + strip.OffsetOf(x - high, upper + high)]
                    - strip.Sums[plane + strip.OffsetOf(x + wide, upper + wide)]
                    + strip.Sums[plane + strip.OffsetOf(x + wide - high, upper + wide + high)];
                sum.ShouldBe(CountTilted(pixels, x, top + upper, wide, high), $"column {x}, row {top + upper}, {wide}×{high}");
            }
        }
    }

    private static int Rectangle(IntegralStrip strip, int plane, int x, int y, int width, int height)
    {
        int At(int column, int row) => strip.Sums[(plane * strip.Plane) + strip.OffsetOf(column, row)];
        return At(x, y) - At(x + width, y) - At(x, y + height) + At(x + width, y + height);
    }

    private static int Count(byte[] pixels, Func<int, int, bool> isInside, bool square) =>
        pixels.Select((pixel, i) => isInside(i % Width, i / Width) ? (square ? pixel * pixel : pixel) : 0).Sum();

    /// <summary>OpenCV's definition: a pixel belongs to the triangle above a corner when it lies no further to the side than above.</summary>
    private static int CountTilted(byte[] pixels, int x, int y, int width, int height)
    {
        int Triangle(int column, int row) => Count(pixels, (px, py) => py < row && Math.Abs(px - column + 1) <= row - py - 1, square: false);
        return Triangle(x, y) - Triangle(x - height, y + height) - Triangle(x + width, y + width) + Triangle(x + width - height, y + width + height);
    }
}
