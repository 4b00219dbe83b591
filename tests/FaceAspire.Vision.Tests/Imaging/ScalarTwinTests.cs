using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Tests.Imaging;

/// <summary>Resizing in vector lanes against plain loops, at every width from one pixel to several vectors with every remainder.</summary>
public sealed class ScalarTwinTests
{
    private const int MaxSide = 40;

    [Fact]
    public void ResizeBilinear_AnyWidths_AreThoseOfThePlainLoop()
    {
        var random = new Random(20_261_124);
        for (int width = 1; width <= MaxSide; width++)
        {
            using var source = Noise(random, random.Next(1, MaxSide + 1), random.Next(1, MaxSide + 1));
            int height = random.Next(1, MaxSide + 1);

            using var resized = Resizer.ResizePadded(source, 0, 0, width, height);

            for (int y = 0; y < height; y++)
            {
                for (int i = 0; i < width * PixelBuffer.Channels; i++)
                {
                    ((int)resized.Row(y)[i]).ShouldBe(Bilinear(source, width, height, i, y), $"{source.Width}×{source.Height} to {width}×{height} at {i}, {y}");
                }
            }
        }
    }

    [Fact]
    public void ResizeArea_AnyWidths_AreThoseOfThePlainLoop()
    {
        var random = new Random(20_261_125);
        for (int sourceWidth = 1; sourceWidth <= MaxSide; sourceWidth++)
        {
            using var source = Noise(random, sourceWidth, random.Next(2, MaxSide + 1));
            int width = random.Next(1, sourceWidth + 1);
            int height = random.Next(1, source.Height);

            using var resized = Resizer.Resize(source, width, height, Interpolation.Area);

            for (int y = 0; y < height; y++)
            {
                for (int i = 0; i < width * PixelBuffer.Channels; i++)
                {
                    // Half a level of rounding, and a little for the slivers that count for nothing.
                    ((double)resized.Row(y)[i]).ShouldBe(AreaMean(source, width, height, i, y), 0.75, $"{source.Width}×{source.Height} to {width}×{height} at {i}, {y}");
                }
            }
        }
    }

    /// <summary>OpenCV's arithmetic: weights of 11 bits, a horizontal and a vertical step, shifts in two stages.</summary>
    private static int Bilinear(PixelBuffer source, int width, int height, int i, int y)
    {
        var (left, right, leftWeight, rightWeight) = Tap(i / PixelBuffer.Channels, width, source.Width);
        var (upper, lower, upperWeight, lowerWeight) = Tap(y, height, source.Height);
        int channel = i % PixelBuffer.Channels;
        int above = Across(source.Row(upper));
        int below = Across(source.Row(lower));
        return (((upperWeight * (above >> 4)) >> 16) + ((lowerWeight * (below >> 4)) >> 16) + 2) >> 2;

        int Across(ReadOnlySpan<byte> row) =>
            (row[(left * PixelBuffer.Channels) + channel] * leftWeight) + (row[(right * PixelBuffer.Channels) + channel] * rightWeight);
    }

    private static (int First, int Second, int FirstWeight, int SecondWeight) Tap(int index, int size, int sourceSize)
    {
        float position = (float)(((index + 0.5) * (sourceSize / (double)size)) - 0.5);
        int first = (int)MathF.Floor(position);
        float weight = position - first;
        if (first < 0 || first >= sourceSize - 1)
        {
            (first, weight) = (first < 0 ? 0 : sourceSize - 1, 0);
        }

        return (first, Math.Min(first + 1, sourceSize - 1), (int)MathF.Round((1 - weight) * 2_048), (int)MathF.Round(weight * 2_048));
    }

    /// <summary>The mean of the covered rectangle, each pixel by the share of it that is covered.</summary>
    private static double AreaMean(PixelBuffer source, int width, int height, int i, int y)
    {
        double sum = 0;
        double area = 0;
        for (int row = 0; row < source.Height; row++)
        {
            double down = Overlap(row, y, source.Height / (double)height);
            for (int column = 0; column < source.Width; column++)
            {
                double covered = down * Overlap(column, i / PixelBuffer.Channels, source.Width / (double)width);
                sum += covered * source.Row(row)[(column * PixelBuffer.Channels) + (i % PixelBuffer.Channels)];
                area += covered;
            }
        }

        return sum / area;
    }

    private static double Overlap(int pixel, int index, double scale) => Math.Max(0, Math.Min(pixel + 1, (index + 1) * scale) - Math.Max(pixel, index * scale));

    private static PixelBuffer Noise(Random random, int width, int height)
    {
        var noise = new PixelBuffer(width, height);
        random.NextBytes(noise.Pixels);
        return noise;
    }
}
