using System.Buffers;
using System.Runtime.Intrinsics;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>Resizing as dlib's <c>resize_image</c> does it: bilinear, the middles of the first and last pixels stay where they are.</summary>
internal static class DlibResizer
{
    // dlib works on four columns at a time, whose positions it adds up in single precision, and does the rest of a row in double precision.
    private const int Lanes = 4;

    /// <summary>A resized copy.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="width">Pixels across the result.</param>
    /// <param name="height">Pixels down the result.</param>
    /// <param name="rounded">Whether to round to the nearest byte; else fractions are cut off, as dlib does, which makes a pyramid darker from level to level.</param>
    /// <returns>The caller's to dispose.</returns>
    public static PixelBuffer Resize(PixelBuffer source, int width, int height, bool rounded)
    {
        var result = new PixelBuffer(width, height);
        using var memory = MemoryPool<Tap>.Shared.Rent(width);
        var taps = memory.Memory.Span[..width];
        FillTaps(taps, source.Width);
        double scale = (source.Height - 1) / (double)Math.Max(height - 1, 1);
        var bias = Vector128.Create(rounded ? 0.5f : 0);
        double position = -scale;
        for (int y = 0; y < height; y++)
        {
            position += scale;
            int top = Math.Min((int)position, source.Height - 1);
            float downwards = (float)(position - top);
            ResizeRow(source.Row(top), source.Row(Math.Min(top + 1, source.Height - 1)), taps, downwards, bias, result.Row(y));
        }

        return result;
    }

    private static void ResizeRow(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, ReadOnlySpan<Tap> taps, float downwards, Vector128<float> bias, Span<byte> destination)
    {
        for (int x = 0; x < taps.Length; x++)
        {
            ref readonly var tap = ref taps[x];
            int left = tap.First * PixelBuffer.Channels;
            int right = tap.Second * PixelBuffer.Channels;
            float across = tap.Fraction;
            var sum = Load(upper, left) * ((1 - downwards) * (1 - across));
            sum += Load(upper, right) * ((1 - downwards) * across);
            sum += Load(lower, left) * (downwards * (1 - across));
            sum += Load(lower, right) * (downwards * across);
            PixelLanes.Store(Vector128.ConvertToInt32(sum + bias), destination, x * PixelBuffer.Channels);
        }
    }

    private static Vector128<float> Load(ReadOnlySpan<byte> row, int offset) => Vector128.ConvertToSingle(PixelLanes.Load(row, offset));

    private static void FillTaps(Span<Tap> taps, int size)
    {
        double scale = (size - 1) / (double)Math.Max(taps.Length - 1, 1);
        float step = (float)(Lanes * scale);
        double start = -Lanes * scale;
        Span<float> positions = [(float)start, (float)(start + scale), (float)(start + (2 * scale)), (float)(start + (3 * scale))];
        int x = 0;
        while (true)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                positions[lane] += step;
            }

            // Four more would run over the result's edge only where the source's is reached, too.
            if ((int)positions[Lanes - 1] + 1 >= size || x + Lanes > taps.Length)
            {
                break;
            }

            for (int lane = 0; lane < Lanes; lane++)
            {
                int first = (int)positions[lane];
                taps[x++] = new(first, first + 1, positions[lane] - first);
            }
        }

        double position = -scale + (x * scale);
        for (; x < taps.Length; x++)
        {
            position += scale;
            int first = Math.Min((int)position, size - 1);
            taps[x] = new(first, Math.Min(first + 1, size - 1), (float)(position - first));
        }
    }

    /// <summary>Two neighbouring columns and how far from the first one to the second.</summary>
    private readonly record struct Tap(int First, int Second, float Fraction);
}
