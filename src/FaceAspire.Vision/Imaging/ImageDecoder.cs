using FaceAspire.Contracts.Errors;
using NetVips;

namespace FaceAspire.Vision.Imaging;

/// <summary>Encoded picture to upright RGB pixels. Safe to call on many threads at once.</summary>
/// <remarks>libvips decodes (JPEG, PNG, WebP, AVIF, GIF), a reader of our own BMP. The type is decided from the first bytes and the size from the
/// header, before any pixel is decoded. Truncated and corrupt files are refused, never answered half grey. Colour profiles are not applied: the
/// bytes are those that OpenCV gives, which the networks were trained on; only CMYK is converted.</remarks>
/// <param name="maxPixels">Largest width × height accepted.</param>
public sealed class ImageDecoder(int maxPixels)
{
    private const int Opaque = 3;
    private const int LargestReduction = 8; // libjpeg's blocks have eight pixels a side
    private const string OrientationField = "orientation";
    private static readonly double[] _white = [255, 255, 255];

    static ImageDecoder()
    {
        // One thread per picture: requests run side by side. No cache: no picture is decoded twice. Only loaders that libvips calls fit for untrusted input.
        NetVips.NetVips.Concurrency = 1;
        NetVips.NetVips.BlockUntrusted = true;
        Cache.Max = 0;
        Cache.MaxMem = 0;
        Cache.MaxFiles = 0;
    }

    /// <summary>Decodes a picture.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ImageDecodeError"/>: not an accepted type, corrupt or truncated;
    /// <see cref="ErrorCode.ImageTooLarge"/>: more pixels than accepted.</exception>
    public PixelBuffer Decode(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken) => Decode(encoded, int.MaxValue, out _, cancellationToken);

    /// <summary>Decodes a picture at its own size, or a JPEG at a half, a quarter or an eighth of it, as far as its longer side does not fall below what is needed:
    /// libjpeg then leaves out most of the work, and averages where resizing would pick pixels.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="leastSide">How many pixels the longer side must keep.</param>
    /// <param name="wholeSize">Size of the upright picture when it is not reduced.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="FaceAspireException">As above.</exception>
    internal PixelBuffer Decode(ReadOnlyMemory<byte> encoded, int leastSide, out PictureSize wholeSize, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var span = encoded.Span;
        var format = ImageFormats.Sniff(span[..Math.Min(span.Length, ImageFormats.HeadLength)]);
        if (format is not { } known || !ImageFormats.IsAccepted(known))
        {
            string found = format is { } refused ? $"is {ImageFormats.NameOf(refused)}" : "is of no image type that is known";
            throw Refused($"The image {found}; accepted are {ImageFormats.AcceptedNames}.");
        }

        if (known == ImageFormat.Bmp)
        {
            var bitmap = BmpReader.Read(span, RequireSize);
            wholeSize = new(bitmap.Width, bitmap.Height, Reduction: 1);
            return bitmap;
        }

        try
        {
            return DecodeWithVips(span, known, leastSide, out wholeSize, cancellationToken);
        }
        catch (VipsException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Refused($"The {ImageFormats.NameOf(known)} image is corrupt or truncated.", exception);
        }
    }

    internal static FaceAspireException Refused(string message, Exception? cause = null) => new(ErrorCode.ImageDecodeError, message, cause);

    private PixelBuffer DecodeWithVips(ReadOnlySpan<byte> encoded, ImageFormat format, int leastSide, out PictureSize wholeSize, CancellationToken cancellationToken)
    {
        using var header = Image.NewFromBuffer(encoded, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        RequireSize(header.Width, header.Height);
        bool isTurned = IsTurned(header);
        int reduction = format == ImageFormat.Jpeg ? ReductionOf(Math.Max(header.Width, header.Height), leastSide) : 1;
        wholeSize = isTurned && SwapsSides(header) ? new(header.Height, header.Width, reduction) : new(header.Width, header.Height, reduction);

        // A turned picture is read out of order, so it must be decoded as a whole first.
        using var loaded = isTurned || reduction > 1
            ? Image.NewFromBuffer(
                encoded, reduction > 1 ? $"[shrink={reduction}]" : "", access: isTurned ? Enums.Access.Random : Enums.Access.Sequential, failOn: Enums.FailOn.Error)
            : header.Copy();
        using var upright = isTurned ? loaded.Autorot() : loaded.Copy();
        using var colored = upright.Interpretation == Enums.Interpretation.Srgb && upright.Format == Enums.BandFormat.Uchar
            ? upright.Copy()
            : upright.Colourspace(Enums.Interpretation.Srgb);
        using var opaque = colored.Bands > Opaque ? colored.Flatten(background: _white) : colored.Copy();
        using var bytes = opaque.Format == Enums.BandFormat.Uchar ? opaque.Copy() : opaque.Cast(Enums.BandFormat.Uchar);
        if (bytes.Bands != PixelBuffer.Channels)
        {
            throw Refused($"The {ImageFormats.NameOf(format)} image has {bytes.Bands} colour channels.");
        }

        // A turned picture is decoded into a picture of its own, which listens to the loaded one, not to what becomes of it.
        using var stopDecoding = cancellationToken.UnsafeRegister(static image => ((Image)image!).SetKill(true), loaded);
        using var stop = cancellationToken.UnsafeRegister(static image => ((Image)image!).SetKill(true), bytes);
        return CopyPixels(bytes);
    }

    /// <summary>The largest of libjpeg's reductions that leaves the side long enough.</summary>
    private static int ReductionOf(int side, int leastSide)
    {
        int reduction = 1;
        while (reduction < LargestReduction && side / (2 * reduction) >= leastSide)
        {
            reduction *= 2;
        }

        return reduction;
    }

    /// <summary>Whether width and height change places when the picture is set upright.</summary>
    private static bool SwapsSides(Image image) => image.Get(OrientationField) is int and >= 5;

    private static bool IsTurned(Image image) => image.Contains(OrientationField) && image.Get(OrientationField) is int and > 1 and <= 8;

    private static unsafe PixelBuffer CopyPixels(Image image)
    {
        nint memory = image.WriteToMemory(out ulong size);
        try
        {
            var pixels = new PixelBuffer(image.Width, image.Height);
            new ReadOnlySpan<byte>((void*)memory, checked((int)size)).CopyTo(pixels.Pixels);
            return pixels;
        }
        finally
        {
            NetVips.NetVips.Free(memory);
        }
    }

    private void RequireSize(int width, int height)
    {
        if ((long)width * height > maxPixels)
        {
            throw new FaceAspireException(ErrorCode.ImageTooLarge, $"The image has {width}×{height} pixels; at most {maxPixels} are accepted.");
        }
    }
}
