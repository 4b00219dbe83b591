using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>DeepFace's <c>resize_image</c>: as large as fits, centred, black around, computed in floating point.</summary>
/// <remarks>DeepFace divides the face by 255 before it resizes, so nothing is rounded to whole grey levels on the way; networks that
/// want bytes get the result × 255 truncated. The order of operations is kept, since the floor of a product can lose a pixel.</remarks>
public static class Letterbox
{
    /// <summary>Fits a face into <paramref name="width"/> × <paramref name="height"/> pixels.</summary>
    public static PixelBuffer Fit(PixelBuffer face, int width, int height)
    {
        var inner = Place(face, width, height);
        var result = new PixelBuffer(width, height);
        result.Pixels.Clear();
        using var columns = BilinearTaps.Rent(inner.Width, face.Width);
        using var rows = BilinearTaps.Rent(inner.Height, face.Height);
        for (int y = 0; y < inner.Height; y++)
        {
            var (upper, lower, weight) = rows[y];
            Blend(face.Row(upper), face.Row(lower), weight, columns, result.Row(inner.Y + y).Slice(inner.X * PixelBuffer.Channels, inner.Width * PixelBuffer.Channels));
        }

        return result;
    }

    /// <summary>The same without rounding: shares of 0..1 in single precision, each channel to a plane of its own, as DeepFace hands them to its Keras models.</summary>
    /// <param name="face">The face in its own size.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="red">Receives <paramref name="width"/> × <paramref name="height"/> numbers, as the others do.</param>
    /// <param name="green">Green.</param>
    /// <param name="blue">Blue.</param>
    public static void FitShares(PixelBuffer face, int width, int height, Span<float> red, Span<float> green, Span<float> blue)
    {
        int pixels = width * height;
        red[..pixels].Clear();
        green[..pixels].Clear();
        blue[..pixels].Clear();
        var inner = Place(face, width, height);
        using var columns = BilinearTaps.Rent(inner.Width, face.Width);
        using var rows = BilinearTaps.Rent(inner.Height, face.Height);
        for (int y = 0; y < inner.Height; y++)
        {
            var (upperRow, lowerRow, weight) = rows[y];
            ReadOnlySpan<byte> upper = face.Row(upperRow);
            ReadOnlySpan<byte> lower = face.Row(lowerRow);
            int at = ((inner.Y + y) * width) + inner.X;
            for (int x = 0; x < inner.Width; x++, at++)
            {
                var (left, right, across) = columns[x];
                left *= PixelBuffer.Channels;
                right *= PixelBuffer.Channels;
                red[at] = Share(upper, lower, left, right, across, weight);
                green[at] = Share(upper, lower, left + 1, right + 1, across, weight);
                blue[at] = Share(upper, lower, left + 2, right + 2, across, weight);
            }
        }
    }

    /// <summary>Where the face comes to lie. The floor of a product of doubles can lose a pixel, as it does in DeepFace.</summary>
    private static PixelBox Place(PixelBuffer face, int width, int height)
    {
        double factor = Math.Min(height / (double)face.Height, width / (double)face.Width);
        int innerWidth = Math.Max(1, (int)(face.Width * factor));
        int innerHeight = Math.Max(1, (int)(face.Height * factor));
        return new((width - innerWidth) / 2, (height - innerHeight) / 2, innerWidth, innerHeight);
    }

    // Weights in single precision can add up to a little more than 1.
    private static float Share(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, int left, int right, float across, float down) =>
        Math.Min(1, (float)((Mix(upper[left], upper[right], across) * (1f - down)) + (Mix(lower[left], lower[right], across) * down)));

    private static void Blend(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, float weight, BilinearTaps columns, Span<byte> destination)
    {
        for (int x = 0, at = 0; at < destination.Length; x++)
        {
            var (left, right, across) = columns[x];
            left *= PixelBuffer.Channels;
            right *= PixelBuffer.Channels;
            for (int channel = 0; channel < PixelBuffer.Channels; channel++, at++)
            {
                double above = Mix(upper[left + channel], upper[right + channel], across);
                double below = Mix(lower[left + channel], lower[right + channel], across);
                destination[at] = (byte)((above * (1f - weight)) + (below * weight) is var value and < 1 ? value * 255 : 255);
            }
        }
    }

    private static double Mix(byte left, byte right, float weight) => (left / 255.0 * (1f - weight)) + (right / 255.0 * weight);
}
