using System.Buffers;

namespace FaceAspire.Vision.Imaging;

/// <summary>Resizing with OpenCV's results (<c>INTER_LINEAR</c> and <c>INTER_AREA</c> on bytes).</summary>
public static class Resizer
{
    // OpenCV's weights have 11 bits.
    private const int WeightOne = 1 << 11;

    /// <summary>A resized copy.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="width">Pixels across the result.</param>
    /// <param name="height">Pixels down the result.</param>
    /// <param name="interpolation">Bilinear, or area, which is bilinear where a side grows.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="ArgumentException">Another interpolation.</exception>
    public static PixelBuffer Resize(PixelBuffer source, int width, int height, Interpolation interpolation) => interpolation switch
    {
        _ when width == source.Width && height == source.Height => PixelRegion.Cut(source, 0, 0, width, height),
        Interpolation.Area when width <= source.Width && height <= source.Height => AreaResizer.Shrink(source, width, height),
        Interpolation.Area or Interpolation.Bilinear => ResizePadded(source, 0, 0, width, height),
        _ => throw new ArgumentException($"Resizing cannot use {interpolation}.", nameof(interpolation)),
    };

    /// <summary>A resized copy (bilinear) of the picture with a black border around it, without making the bordered picture.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="padX">Black columns on the left and on the right.</param>
    /// <param name="padY">Black rows above and below.</param>
    /// <param name="width">Pixels across the result.</param>
    /// <param name="height">Pixels down the result.</param>
    public static PixelBuffer ResizePadded(PixelBuffer source, int padX, int padY, int width, int height)
    {
        var result = new PixelBuffer(width, height);
        using var columns = MemoryPool<Tap>.Shared.Rent(width);
        using var rows = MemoryPool<Tap>.Shared.Rent(height);
        int length = result.Stride;
        using var buffers = MemoryPool<int>.Shared.Rent(2 * length);
        var columnTaps = columns.Memory.Span[..width];
        var rowTaps = rows.Memory.Span[..height];
        FillTaps(columnTaps, source.Width, padX);
        FillTaps(rowTaps, source.Height, padY);

        // Rows that two neighbouring result rows share are resized once.
        var upper = buffers.Memory.Span[..length];
        var lower = buffers.Memory.Span.Slice(length, length);
        int upperRow = -1, lowerRow = -1;
        for (int y = 0; y < height; y++)
        {
            var tap = rowTaps[y];
            if (tap.First == lowerRow)
            {
                var swap = upper;
                upper = lower;
                lower = swap;
                (upperRow, lowerRow) = (lowerRow, upperRow);
            }

            if (tap.First != upperRow)
            {
                ResizeRow(source.Row(tap.First), columnTaps, upper);
                upperRow = tap.First;
            }

            if (tap.Second != lowerRow)
            {
                ResizeRow(source.Row(tap.Second), columnTaps, lower);
                lowerRow = tap.Second;
            }

            Blend(upper, lower, tap.FirstWeight, tap.SecondWeight, result.Row(y));
        }

        return result;
    }

    private static void ResizeRow(ReadOnlySpan<byte> row, ReadOnlySpan<Tap> taps, Span<int> destination)
    {
        for (int i = 0, at = 0; i < taps.Length; i++, at += PixelBuffer.Channels)
        {
            var tap = taps[i];
            var first = row.Slice(tap.First * PixelBuffer.Channels, PixelBuffer.Channels);
            var second = row.Slice(tap.Second * PixelBuffer.Channels, PixelBuffer.Channels);
            var pixel = destination.Slice(at, PixelBuffer.Channels);
            pixel[0] = (first[0] * tap.FirstWeight) + (second[0] * tap.SecondWeight);
            pixel[1] = (first[1] * tap.FirstWeight) + (second[1] * tap.SecondWeight);
            pixel[2] = (first[2] * tap.FirstWeight) + (second[2] * tap.SecondWeight);
        }
    }

    /// <summary>OpenCV's vertical step: shifts in two stages, so that the products fit 32 bits.</summary>
    private static void Blend(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int upperWeight, int lowerWeight, Span<byte> destination)
    {
        upper = upper[..destination.Length];
        lower = lower[..destination.Length];
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)((((upperWeight * (upper[i] >> 4)) >> 16) + ((lowerWeight * (lower[i] >> 4)) >> 16) + 2) >> 2);
        }
    }

    /// <summary>Half-pixel centres; taps in the border have no weight, and the index of a pixel that exists.</summary>
    private static void FillTaps(Span<Tap> taps, int size, int pad)
    {
        int padded = size + (2 * pad);
        double scale = padded / (double)taps.Length;
        for (int i = 0; i < taps.Length; i++)
        {
            float position = (float)(((i + 0.5) * scale) - 0.5);
            int first = (int)MathF.Floor(position);
            float weight = position - first;
            if (first < 0)
            {
                (first, weight) = (0, 0);
            }
            else if (first >= padded - 1)
            {
                (first, weight) = (padded - 1, 0);
            }

            int second = Math.Min(first + 1, padded - 1);
            taps[i] = new(
                Math.Clamp(first - pad, 0, size - 1),
                Math.Clamp(second - pad, 0, size - 1),
                IsInside(first - pad, size) ? (int)MathF.Round((1 - weight) * WeightOne) : 0,
                IsInside(second - pad, size) ? (int)MathF.Round(weight * WeightOne) : 0);
        }
    }

    private static bool IsInside(int index, int size) => index >= 0 && index < size;

    private readonly record struct Tap(int First, int Second, int FirstWeight, int SecondWeight);
}
