using System.Buffers;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Imaging;

/// <summary>Affine warps with OpenCV's results: <c>warpAffine</c> with a black border, its coordinates rounded to 1/32 pixel.</summary>
public static class AffineWarp
{
    // OpenCV (imgproc/imgwarp.cpp): products of matrix and coordinate in 1/1024 pixel, positions in 1/32 pixel.
    private const int FixedBits = 10;
    private const int FractionBits = 5;
    private const int Fractions = 1 << FractionBits;
    private const int Rounding = 1 << (FixedBits - FractionBits - 1);

    private static readonly float[] _cubic = CubicWeights();

    /// <summary>Draws the source through the matrix.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="matrix">Maps source to destination pixels.</param>
    /// <param name="width">Pixels across the result.</param>
    /// <param name="height">Pixels down the result.</param>
    /// <param name="interpolation">Bilinear or bicubic.</param>
    /// <returns>The caller's to dispose; black where the source has no pixel.</returns>
    /// <exception cref="ArgumentException">The matrix cannot be undone, or the interpolation is another one.</exception>
    public static PixelBuffer Warp(PixelBuffer source, in AffineMatrix matrix, int width, int height, Interpolation interpolation)
    {
        if (!matrix.IsInvertible)
        {
            throw new ArgumentException("The matrix is singular or not finite.", nameof(matrix));
        }

        var inverse = matrix.Invert();
        var result = new PixelBuffer(width, height);
        long[] steps = ArrayPool<long>.Shared.Rent(2 * width);
        try
        {
            var across = steps.AsSpan(0, width);
            var down = steps.AsSpan(width, width);
            for (int x = 0; x < width; x++)
            {
                across[x] = ToFixed(inverse.M11 * x);
                down[x] = ToFixed(inverse.M21 * x);
            }

            for (int y = 0; y < height; y++)
            {
                long startX = ToFixed((inverse.M12 * y) + inverse.M13) + Rounding;
                long startY = ToFixed((inverse.M22 * y) + inverse.M23) + Rounding;
                switch (interpolation)
                {
                    case Interpolation.Bilinear:
                        WarpRowBilinear(source, across, down, startX, startY, result.Row(y));
                        break;
                    case Interpolation.Bicubic:
                        WarpRowBicubic(source, across, down, startX, startY, result.Row(y));
                        break;
                    default:
                        throw new ArgumentException($"A warp cannot use {interpolation}.", nameof(interpolation));
                }
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(steps);
        }
    }

    /// <summary>Saturates far outside of any picture, so that sums stay in range.</summary>
    private static long ToFixed(double value) => (long)Math.Clamp(Math.Round(value * (1 << FixedBits)), -1e15, 1e15);

    private static void WarpRowBilinear(PixelBuffer source, ReadOnlySpan<long> across, ReadOnlySpan<long> down, long startX, long startY, Span<byte> row)
    {
        ReadOnlySpan<byte> pixels = source.Pixels;
        int stride = source.Stride;
        for (int i = 0, at = 0; i < across.Length; i++, at += PixelBuffer.Channels)
        {
            long positionX = (startX + across[i]) >> (FixedBits - FractionBits);
            long positionY = (startY + down[i]) >> (FixedBits - FractionBits);
            long x = positionX >> FractionBits;
            long y = positionY >> FractionBits;
            int right = (int)(positionX & (Fractions - 1));
            int lower = (int)(positionY & (Fractions - 1));
            if (x >= 0 && y >= 0 && x < source.Width - 1 && y < source.Height - 1)
            {
                int offset = ((int)y * stride) + ((int)x * PixelBuffer.Channels);
                var upper = (PixelLanes.Load(pixels, offset) * (Fractions - right)) + (PixelLanes.Load(pixels, offset + PixelBuffer.Channels) * right);
                offset += stride;
                var under = (PixelLanes.Load(pixels, offset) * (Fractions - right)) + (PixelLanes.Load(pixels, offset + PixelBuffer.Channels) * right);
                PixelLanes.Store(((upper * (Fractions - lower)) + (under * lower) + Vector128.Create(1 << ((2 * FractionBits) - 1))) >> (2 * FractionBits), row, at);
            }
            else
            {
                BlendAtBorder(source, x, y, right, lower, row.Slice(at, PixelBuffer.Channels));
            }
        }
    }

    private static void BlendAtBorder(PixelBuffer source, long x, long y, int right, int lower, Span<byte> destination)
    {
        Span<int> sums = stackalloc int[PixelBuffer.Channels];
        sums.Clear();
        for (int tapY = 0; tapY < 2; tapY++)
        {
            for (int tapX = 0; tapX < 2; tapX++)
            {
                if (TryPixel(source, x + tapX, y + tapY, out var pixel))
                {
                    int weight = (tapX == 0 ? Fractions - right : right) * (tapY == 0 ? Fractions - lower : lower);
                    for (int channel = 0; channel < sums.Length; channel++)
                    {
                        sums[channel] += pixel[channel] * weight;
                    }
                }
            }
        }

        for (int channel = 0; channel < sums.Length; channel++)
        {
            destination[channel] = (byte)((sums[channel] + (1 << ((2 * FractionBits) - 1))) >> (2 * FractionBits));
        }
    }

    private static void WarpRowBicubic(PixelBuffer source, ReadOnlySpan<long> across, ReadOnlySpan<long> down, long startX, long startY, Span<byte> row)
    {
        ReadOnlySpan<byte> pixels = source.Pixels;
        int stride = source.Stride;
        for (int i = 0, at = 0; i < across.Length; i++, at += PixelBuffer.Channels)
        {
            long positionX = (startX + across[i]) >> (FixedBits - FractionBits);
            long positionY = (startY + down[i]) >> (FixedBits - FractionBits);
            long x = (positionX >> FractionBits) - 1;
            long y = (positionY >> FractionBits) - 1;
            ReadOnlySpan<float> weightsX = _cubic.AsSpan((int)(positionX & (Fractions - 1)) * 4, 4);
            ReadOnlySpan<float> weightsY = _cubic.AsSpan((int)(positionY & (Fractions - 1)) * 4, 4);
            var sum = Vector128<float>.Zero;
            if (x >= 0 && y >= 0 && x <= source.Width - 4 && y <= source.Height - 4)
            {
                int offset = ((int)y * stride) + ((int)x * PixelBuffer.Channels);
                for (int tapY = 0; tapY < 4; tapY++, offset += stride)
                {
                    var tapped = (Lanes(pixels, offset) * weightsX[0]) + (Lanes(pixels, offset + 3) * weightsX[1])
                        + (Lanes(pixels, offset + 6) * weightsX[2]) + (Lanes(pixels, offset + 9) * weightsX[3]);
                    sum += tapped * weightsY[tapY];
                }
            }
            else if (x > -4 && y > -4 && x < source.Width && y < source.Height)
            {
                sum = SumAtBorder(source, x, y, weightsX, weightsY);
            }

            var rounded = Vector128.ConvertToInt32(Vector128.Round(sum));
            PixelLanes.Store(Vector128.Clamp(rounded, Vector128<int>.Zero, Vector128.Create(255)), row, at);
        }
    }

    private static Vector128<float> Lanes(ReadOnlySpan<byte> pixels, int offset) => Vector128.ConvertToSingle(PixelLanes.Load(pixels, offset));

    private static Vector128<float> SumAtBorder(PixelBuffer source, long x, long y, ReadOnlySpan<float> weightsX, ReadOnlySpan<float> weightsY)
    {
        var sum = Vector128<float>.Zero;
        for (int tap = 0; tap < 16; tap++)
        {
            if (TryPixel(source, x + (tap % 4), y + (tap / 4), out var pixel))
            {
                sum += Lanes(pixel, 0) * (weightsX[tap % 4] * weightsY[tap / 4]);
            }
        }

        return sum;
    }

    private static bool TryPixel(PixelBuffer source, long x, long y, out ReadOnlySpan<byte> pixel)
    {
        bool inside = x >= 0 && y >= 0 && x < source.Width && y < source.Height;
        pixel = inside ? source.Pixels.Slice(((int)y * source.Stride) + ((int)x * PixelBuffer.Channels), PixelBuffer.Channels) : default;
        return inside;
    }

    /// <summary>Four weights for each of the 32 fractions (Keys 1981, a = −0.75).</summary>
    private static float[] CubicWeights()
    {
        const float A = -0.75f;
        float[] weights = new float[4 * Fractions];
        for (int i = 0; i < Fractions; i++)
        {
            float x = i / (float)Fractions;
            float before = (((((A * (x + 1)) - (5 * A)) * (x + 1)) + (8 * A)) * (x + 1)) - (4 * A);
            float left = ((((A + 2) * x) - (A + 3)) * x * x) + 1;
            float right = ((((A + 2) * (1 - x)) - (A + 3)) * (1 - x) * (1 - x)) + 1;
            weights[4 * i] = before;
            weights[(4 * i) + 1] = left;
            weights[(4 * i) + 2] = right;
            weights[(4 * i) + 3] = 1 - before - left - right;
        }

        return weights;
    }
}
