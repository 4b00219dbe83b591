using System.Buffers;
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
        double factor = Math.Min(height / (double)face.Height, width / (double)face.Width);
        int innerWidth = Math.Max(1, (int)(face.Width * factor));
        int innerHeight = Math.Max(1, (int)(face.Height * factor));
        int left = (width - innerWidth) / 2;
        int top = (height - innerHeight) / 2;

        var result = new PixelBuffer(width, height);
        result.Pixels.Clear();
        using var columns = Taps.Rent(innerWidth, face.Width);
        using var rows = Taps.Rent(innerHeight, face.Height);
        for (int y = 0; y < innerHeight; y++)
        {
            var (upper, lower, weight) = rows[y];
            Blend(face.Row(upper), face.Row(lower), weight, columns, result.Row(top + y).Slice(left * PixelBuffer.Channels, innerWidth * PixelBuffer.Channels));
        }

        return result;
    }

    private static void Blend(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, float weight, Taps columns, Span<byte> destination)
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

    /// <summary>For each destination coordinate the two source coordinates and the weight of the second: OpenCV's bilinear, half-pixel centres, weights in single precision.</summary>
    private readonly struct Taps : IDisposable
    {
        private readonly IMemoryOwner<(int First, int Second, float Weight)> _owner;

        private Taps(IMemoryOwner<(int First, int Second, float Weight)> owner) => _owner = owner;

        public (int First, int Second, float Weight) this[int i] => _owner.Memory.Span[i];

        public static Taps Rent(int destination, int source)
        {
            var owner = MemoryPool<(int First, int Second, float Weight)>.Shared.Rent(destination);
            var taps = owner.Memory.Span;
            double scale = source / (double)destination;
            for (int i = 0; i < destination; i++)
            {
                float position = (float)(((i + 0.5) * scale) - 0.5);
                int first = (int)MathF.Floor(position);
                float weight = position - first;
                taps[i] = first < 0 ? (0, 0, 0f) : first >= source - 1 ? (source - 1, source - 1, 0f) : (first, first + 1, weight);
            }

            return new(owner);
        }

        public void Dispose() => _owner.Dispose();
    }
}
