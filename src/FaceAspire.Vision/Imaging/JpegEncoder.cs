using NetVips;

namespace FaceAspire.Vision.Imaging;

/// <summary>Pixels to JPEG.</summary>
public static class JpegEncoder
{
    private const int Quality = 90;

    /// <summary>The picture as a JPEG file.</summary>
    public static byte[] Encode(PixelBuffer image)
    {
        using var source = Image.NewFromMemory<byte>(image.Memory, image.Width, image.Height, PixelBuffer.Channels, Enums.BandFormat.Uchar);
        using var colored = source.Copy(interpretation: Enums.Interpretation.Srgb);
        return colored.JpegsaveBuffer(q: Quality, keep: Enums.ForeignKeep.None);
    }
}
