namespace FaceAspire.Vision.Imaging;

/// <summary>Colour to luma.</summary>
public static class Grayscale
{
    // OpenCV's 0.299, 0.587, 0.114 in 15-bit fixed point.
    private const int Red = 9_798, Green = 19_235, Blue = 3_735, Shift = 15;

    /// <summary>One byte of luma per pixel, rounded as OpenCV does.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="destination">Receives width × height bytes.</param>
    public static void ToLuma(PixelBuffer source, Span<byte> destination)
    {
        ReadOnlySpan<byte> pixels = source.Pixels;
        destination = destination[..(source.Width * source.Height)];
        for (int i = 0, p = 0; i < destination.Length; i++, p += PixelBuffer.Channels)
        {
            destination[i] = (byte)(((pixels[p] * Red) + (pixels[p + 1] * Green) + (pixels[p + 2] * Blue) + (1 << (Shift - 1))) >> Shift);
        }
    }
}
