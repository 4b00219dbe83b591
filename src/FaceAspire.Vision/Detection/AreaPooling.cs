using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>Shrinks pictures straight into tensors, each number the mean of the pixels it stands for, never rounded to a byte.</summary>
/// <param name="Fractional">Whether a pixel that two results share counts in each by the part that lies in it (TensorFlow's <c>AREA</c>);
/// else it counts wholly in both (PyTorch's adaptive average pooling).</param>
/// <param name="Mean">Subtracted from the bytes 0..255.</param>
/// <param name="Scale">Multiplied after it.</param>
internal readonly record struct AreaPooling(bool Fractional, float Mean, float Scale)
{
    /// <summary>A window of a rectangle of the picture in another size.</summary>
    /// <param name="image">Only read.</param>
    /// <param name="source">The rectangle, within the picture.</param>
    /// <param name="width">Pixels across the whole rectangle's result.</param>
    /// <param name="height">Pixels down it.</param>
    /// <param name="window">The part of the result that is wanted.</param>
    /// <param name="tensor">Receives three planes R, G, B of the window's size.</param>
    public void Pool(PixelBuffer image, PixelBox source, int width, int height, PixelBox window, Span<float> tensor)
    {
        using var bins = MemoryPool<Bin>.Shared.Rent(window.Width);
        var columns = bins.Memory.Span[..window.Width];
        for (int x = 0; x < window.Width; x++)
        {
            columns[x] = BinAt(window.X + x, source.Width, width);
        }

        // Only the columns that the window needs; one number more, because pixels are read four numbers at a time.
        int firstColumn = columns[0].First;
        int length = PixelBuffer.Channels * (columns[^1].First + columns[^1].Count - firstColumn);
        using var sums = MemoryPool<float>.Shared.Rent(length + 1);
        var sum = sums.Memory.Span[..(length + 1)];
        int plane = window.Width * window.Height;
        int offset = PixelBuffer.Channels * (source.X + firstColumn);
        for (int y = 0; y < window.Height; y++)
        {
            var rows = BinAt(window.Y + y, source.Height, height);
            sum.Clear();
            for (int i = 0; i < rows.Count; i++)
            {
                RowSum.Add(image.Row(source.Y + rows.First + i).Slice(offset, length), rows.WeightAt(i), sum);
            }

            int start = y * window.Width;
            Gather(sum, columns, firstColumn, rows.Norm, tensor.Slice(start, window.Width), tensor.Slice(plane + start, window.Width), tensor.Slice((2 * plane) + start, window.Width));
        }
    }

    /// <summary>The means of one row of results.</summary>
    private void Gather(ReadOnlySpan<float> sum, ReadOnlySpan<Bin> columns, int firstColumn, float rowNorm, Span<float> red, Span<float> green, Span<float> blue)
    {
        for (int x = 0; x < columns.Length; x++)
        {
            ref readonly var bin = ref columns[x];
            int at = PixelBuffer.Channels * (bin.First - firstColumn);
            var total = Vector128<float>.Zero;
            for (int i = 0; i < bin.Count; i++, at += PixelBuffer.Channels)
            {
                total += Vector128.Create(sum[at..]) * bin.WeightAt(i);
            }

            total = ((total * (bin.Norm * rowNorm)) - Vector128.Create(Mean)) * Scale;
            red[x] = total.GetElement(0);
            green[x] = total.GetElement(1);
            blue[x] = total.GetElement(2);
        }
    }

    /// <summary>The pixels of one axis that go into a result.</summary>
    private Bin BinAt(int index, int size, int newSize)
    {
        if (!Fractional)
        {
            int first = (int)((long)index * size / newSize);
            int end = (int)((((index + 1L) * size) + newSize - 1) / newSize);
            return new(first, end - first, 1, 1, 1f / (end - first));
        }

        float scale = size / (float)newSize;
        float from = index * scale;
        float to = (index + 1) * scale;
        int firstPixel = Math.Min((int)from, size - 1);
        int count = Math.Clamp((int)MathF.Ceiling(to), firstPixel + 1, size) - firstPixel;
        float firstWeight = count == 1 ? scale : firstPixel + 1 - from;
        return new(firstPixel, count, firstWeight, to - (firstPixel + count - 1), 1 / scale);
    }

    /// <summary>Neighbouring pixels; those between the first and the last weigh 1.</summary>
    private readonly record struct Bin(int First, int Count, float FirstWeight, float LastWeight, float Norm)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float WeightAt(int i) => i == 0 ? FirstWeight : i == Count - 1 ? LastWeight : 1;
    }
}
