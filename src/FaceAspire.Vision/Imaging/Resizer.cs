using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Imaging;

/// <summary>Resizing with OpenCV's results (<c>INTER_LINEAR</c> and <c>INTER_AREA</c> on bytes).</summary>
public static class Resizer
{
    // OpenCV's weights have 11 bits.
    private const int WeightOne = 1 << 11;

    // Three bytes, each into a lane of 32 bits; 255 is the index of no byte and gives 0.
    private static readonly Vector128<byte> _firstPixel = Vector128.Create((byte)0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255);
    private static readonly Vector128<byte> _secondPixel = Vector128.Create((byte)3, 255, 255, 255, 4, 255, 255, 255, 5, 255, 255, 255, 255, 255, 255, 255);

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
        using var columns = MemoryPool<Tap>.Shared.Rent(width);
        using var rows = MemoryPool<Tap>.Shared.Rent(height);
        var columnTaps = columns.Memory.Span[..width];
        var rowTaps = rows.Memory.Span[..height];
        FillTaps(columnTaps, start: 0, source.Width, padX);
        FillTaps(rowTaps, start: 0, source.Height, padY);
        return Resize(source, columnTaps, rowTaps);
    }

    /// <summary>A resized copy (bilinear) of a rectangle of the picture, without cutting it out first.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="x">Left column of the rectangle, which lies in the picture.</param>
    /// <param name="y">Its upper row.</param>
    /// <param name="columns">Its columns, at least 1.</param>
    /// <param name="rows">Its rows, at least 1.</param>
    /// <param name="width">Pixels across the result.</param>
    /// <param name="height">Pixels down the result.</param>
    public static PixelBuffer ResizeRegion(PixelBuffer source, int x, int y, int columns, int rows, int width, int height)
    {
        using var columnOwner = MemoryPool<Tap>.Shared.Rent(width);
        using var rowOwner = MemoryPool<Tap>.Shared.Rent(height);
        var columnTaps = columnOwner.Memory.Span[..width];
        var rowTaps = rowOwner.Memory.Span[..height];
        FillTaps(columnTaps, x, columns, pad: 0);
        FillTaps(rowTaps, y, rows, pad: 0);
        return Resize(source, columnTaps, rowTaps);
    }

    private static PixelBuffer Resize(PixelBuffer source, ReadOnlySpan<Tap> columnTaps, ReadOnlySpan<Tap> rowTaps)
    {
        var result = new PixelBuffer(columnTaps.Length, rowTaps.Length);
        int length = result.Stride;
        using var buffers = MemoryPool<int>.Shared.Rent(2 * length);

        // Rows that two neighbouring result rows share are resized once.
        var upper = buffers.Memory.Span[..length];
        var lower = buffers.Memory.Span.Slice(length, length);
        int upperRow = -1, lowerRow = -1;
        for (int y = 0; y < rowTaps.Length; y++)
        {
            var tap = rowTaps[y];
            if (tap.First == lowerRow)
            {
                var swap = upper;
                upper = lower;
                lower = swap;
                (upperRow, lowerRow) = (lowerRow, upperRow);
            }

            // A row without weight is left out: shrinking to a third looks at every third one only.
            if (tap.First != upperRow && tap.FirstWeight != 0)
            {
                ResizeRow(source.Row(tap.First), columnTaps, upper);
                upperRow = tap.First;
            }

            if (tap.Second != lowerRow && tap.SecondWeight != 0)
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
            ref readonly var tap = ref taps[i];
            int first = tap.First * PixelBuffer.Channels;
            Vector128<int> pixel;
            if (tap.Second == tap.First + 1 && first <= row.Length - sizeof(ulong))
            {
                // Both pixels in one load: the usual case.
                var bytes = Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(row[first..])).AsByte();
                pixel = (Vector128.Shuffle(bytes, _firstPixel).AsInt32() * tap.FirstWeight) + (Vector128.Shuffle(bytes, _secondPixel).AsInt32() * tap.SecondWeight);
            }
            else
            {
                pixel = (PixelLanes.Load(row, first) * tap.FirstWeight) + (PixelLanes.Load(row, tap.Second * PixelBuffer.Channels) * tap.SecondWeight);
            }

            PixelLanes.Store(pixel, destination, at);
        }
    }

    /// <summary>OpenCV's vertical step: shifts in two stages, so that the products fit 32 bits.</summary>
    private static void Blend(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int upperWeight, int lowerWeight, Span<byte> destination)
    {
        upper = upper[..destination.Length];
        lower = lower[..destination.Length];
        int i = 0;
        for (; i <= destination.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            var first = Narrow(Blend(upper, lower, upperWeight, lowerWeight, i), Blend(upper, lower, upperWeight, lowerWeight, i + 8));
            var second = Narrow(Blend(upper, lower, upperWeight, lowerWeight, i + 16), Blend(upper, lower, upperWeight, lowerWeight, i + 24));
            Vector256.Narrow(first, second).CopyTo(destination[i..]);
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = (byte)((((upperWeight * (upper[i] >> 4)) >> 16) + ((lowerWeight * (lower[i] >> 4)) >> 16) + 2) >> 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Blend(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int upperWeight, int lowerWeight, int at) =>
        ((((Vector256.Create(upper[at..]) >> 4) * upperWeight) >> 16) + (((Vector256.Create(lower[at..]) >> 4) * lowerWeight) >> 16) + Vector256.Create(2)) >> 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Narrow(Vector256<int> first, Vector256<int> second) => Vector256.Narrow(first.AsUInt32(), second.AsUInt32());

    /// <summary>Half-pixel centres; taps in the border have no weight, and the index of a pixel that exists.</summary>
    private static void FillTaps(Span<Tap> taps, int start, int size, int pad)
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
                start + Math.Clamp(first - pad, 0, size - 1),
                start + Math.Clamp(second - pad, 0, size - 1),
                IsInside(first - pad, size) ? (int)MathF.Round((1 - weight) * WeightOne) : 0,
                IsInside(second - pad, size) ? (int)MathF.Round(weight * WeightOne) : 0);
        }
    }

    private static bool IsInside(int index, int size) => index >= 0 && index < size;

    private readonly record struct Tap(int First, int Second, int FirstWeight, int SecondWeight);
}
