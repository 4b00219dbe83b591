using FaceAspire.Vision.Imaging;
using NetVips;

namespace FaceAspire.Vision.Tests.Imaging;

/// <summary>A small picture with another colour at every pixel, written by libvips in many forms.</summary>
internal static class DrawnPicture
{
    public const int Width = 23;
    public const int Height = 17;

    /// <summary>R grows to the right, G downwards, B is the same everywhere: smooth, so that lossy formats keep it.</summary>
    public static byte[] Pixels()
    {
        byte[] pixels = new byte[Width * Height * PixelBuffer.Channels];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int at = ((y * Width) + x) * PixelBuffer.Channels;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = ((byte)(x * 10), (byte)(y * 14), 90);
            }
        }

        return pixels;
    }

    /// <summary>The picture as libvips knows it; the caller's to dispose.</summary>
    public static Image Image()
    {
        using var raw = NetVips.Image.NewFromMemory<byte>(Pixels().AsMemory(), Width, Height, PixelBuffer.Channels, Enums.BandFormat.Uchar);
        return raw.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    public static PixelBuffer Buffer()
    {
        var buffer = new PixelBuffer(Width, Height);
        Pixels().CopyTo(buffer.Pixels);
        return buffer;
    }

    /// <summary>Largest difference of a channel to the picture as drawn.</summary>
    public static int LargestDifference(PixelBuffer image)
    {
        (image.Width, image.Height).ShouldBe((Width, Height));
        return Pixels().Zip(image.Pixels.ToArray(), static (a, b) => Math.Abs(a - b)).Max();
    }
}
