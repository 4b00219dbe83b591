using System.Buffers;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Imaging;

/// <summary>Shrinking by the mean of the covered area: OpenCV's <c>INTER_AREA</c>.</summary>
internal static class AreaResizer
{
    // Slivers of a covered pixel below this count for nothing, as in OpenCV's computeResizeAreaTab.
    private const double Sliver = 1e-3;

    /// <summary>A copy no larger than the source on either axis.</summary>
    public static PixelBuffer Shrink(PixelBuffer source, int width, int height) => Shrink(source, 0, 0, source.Width, source.Height, width, height);

    /// <summary>A copy of a rectangle, no larger than it on either axis; black counts in where it lies outside of the source.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="x">Left column of the rectangle, may be negative.</param>
    /// <param name="y">Upper row of the rectangle, may be negative.</param>
    /// <param name="columnCount">Columns of the rectangle.</param>
    /// <param name="rowCount">Rows of the rectangle.</param>
    /// <param name="width">Pixels across the result.</param>
    /// <param name="height">Pixels down the result.</param>
    /// <remarks>Costs what the part inside of the source costs, however large the rectangle. OpenCV adds up columns before rows; that changes no more than the last bit of a sum.</remarks>
    public static PixelBuffer Shrink(PixelBuffer source, int x, int y, int columnCount, int rowCount, int width, int height)
    {
        var result = new PixelBuffer(width, height);
        result.Pixels.Clear(); // rows without a part inside stay so

        // Every result pixel shares at most its first and last source pixel with its neighbours.
        using var columnParts = MemoryPool<Part>.Shared.Rent(source.Width + (2 * width));
        using var rowParts = MemoryPool<Part>.Shared.Rent(source.Height + (2 * height));
        var columns = columnParts.Memory.Span[..Fill(columnParts.Memory.Span, x, columnCount, source.Width, width)];
        var rows = rowParts.Memory.Span[..Fill(rowParts.Memory.Span, y, rowCount, source.Height, height)];

        if (columns.IsEmpty)
        {
            return result;
        }

        // Rows first, which are whole vectors; columns once for each row of the result. One number more, because pixels are read four numbers at a time.
        int first = columns[0].Source;
        int length = PixelBuffer.Channels * (columns[^1].Source + 1 - first);
        using var sums = MemoryPool<float>.Shared.Rent(length + 1);
        var sum = sums.Memory.Span[..(length + 1)];
        sum.Clear();
        for (int i = 0; i < rows.Length; i++)
        {
            var part = rows[i];
            RowSum.Add(source.Row(part.Source).Slice(first * PixelBuffer.Channels, length), part.Weight, sum);
            if (i + 1 == rows.Length || rows[i + 1].Destination != part.Destination)
            {
                Gather(sum, columns, result.Row(part.Destination));
                sum.Clear();
            }
        }

        return result;
    }

    /// <summary>The means of one row of results; columns without a part inside are left alone.</summary>
    private static void Gather(ReadOnlySpan<float> sum, ReadOnlySpan<Part> parts, Span<byte> destination)
    {
        int first = parts[0].Source;
        var mean = Vector128<float>.Zero;
        for (int i = 0; i < parts.Length; i++)
        {
            ref readonly var part = ref parts[i];
            mean += Vector128.Create(sum[((part.Source - first) * PixelBuffer.Channels)..]) * part.Weight;
            if (i + 1 == parts.Length || parts[i + 1].Destination != part.Destination)
            {
                // Weights of float may add up to a little more than 1.
                var rounded = Vector128.Min(Vector128.ConvertToInt32(Vector128.Round(mean)), Vector128.Create((int)byte.MaxValue));
                PixelLanes.Store(rounded, destination, part.Destination * PixelBuffer.Channels);
                mean = Vector128<float>.Zero;
            }
        }
    }

    /// <summary>The parts of the stretch of <paramref name="size"/> pixels from <paramref name="origin"/> on that lie within the <paramref name="limit"/> pixels there are.</summary>
    private static int Fill(Span<Part> parts, int origin, int size, int limit, int newSize)
    {
        double scale = size / (double)newSize;
        int count = 0;
        for (int i = 0; i < newSize; i++)
        {
            double start = i * scale;
            double end = start + scale;
            double covered = Math.Min(scale, size - start);
            int last = Math.Min((int)Math.Floor(end), size - 1);
            int first = Math.Min((int)Math.Ceiling(start), last);
            if (first - start > Sliver && IsInside(origin + first - 1, limit))
            {
                parts[count++] = new(origin + first - 1, i, (float)((first - start) / covered));
            }

            int lastInside = Math.Min(origin + last, limit);
            for (int whole = Math.Max(origin + first, 0); whole < lastInside; whole++)
            {
                parts[count++] = new(whole, i, (float)(1 / covered));
            }

            if (end - last > Sliver && IsInside(origin + last, limit))
            {
                parts[count++] = new(origin + last, i, (float)(Math.Min(Math.Min(end - last, 1), covered) / covered));
            }
        }

        return count;
    }

    private static bool IsInside(int index, int limit) => index >= 0 && index < limit;

    /// <summary>How much of a source pixel goes into a destination pixel.</summary>
    private readonly record struct Part(int Source, int Destination, float Weight);
}
