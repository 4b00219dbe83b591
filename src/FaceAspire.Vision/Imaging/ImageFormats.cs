using System.Text;

namespace FaceAspire.Vision.Imaging;

/// <summary>Tells the type of an image from its first bytes, never from a name.</summary>
public static class ImageFormats
{
    /// <summary>What is read, for messages.</summary>
    public const string AcceptedNames = "JPEG, PNG, WebP, AVIF, GIF and BMP";

    /// <summary>Bytes that are enough to decide.</summary>
    public const int HeadLength = 32;

    /// <summary>Whether files of this type are read.</summary>
    public static bool IsAccepted(ImageFormat format) => format <= ImageFormat.Bmp;

    /// <summary>The type, or null when the bytes are of none that is known.</summary>
    /// <param name="head">The first bytes; <see cref="HeadLength"/> of them decide everything.</param>
    public static ImageFormat? Sniff(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => ImageFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => ImageFormat.Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => ImageFormat.WebP,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => ImageFormat.Gif,
        [(byte)'B', (byte)'M', ..] => ImageFormat.Bmp,
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => SniffBrand(head[8..]),
        [(byte)'I', (byte)'I', 0x2A or 0x2B, 0, ..] or [(byte)'M', (byte)'M', 0, 0x2A or 0x2B, ..] => ImageFormat.Tiff,
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => ImageFormat.Pdf,
        [0xFF, 0x0A, ..] or [0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => ImageFormat.JpegXl,
        [0, 0, 0, 0x0C, (byte)'j', (byte)'P', (byte)' ', (byte)' ', ..] or [0xFF, 0x4F, 0xFF, 0x51, ..] => ImageFormat.Jpeg2000,
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => ImageFormat.Psd,
        [0, 0, 1, 0, ..] => ImageFormat.Ico,
        _ => SniffText(head.TrimStart("\uFEFF \t\r\n"u8)),
    };

    /// <summary>The name of a type, for messages.</summary>
    public static string NameOf(ImageFormat format) => format switch
    {
        ImageFormat.JpegXl => "JPEG XL",
        ImageFormat.Jpeg2000 => "JPEG 2000",
        ImageFormat.WebP => "WebP",
        ImageFormat.Html => "an HTML page",
        _ => format.ToString().ToUpperInvariant(),
    };

    private static ImageFormat? SniffText(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'<', (byte)'s', (byte)'v', (byte)'g', ..] or [(byte)'<', (byte)'?', (byte)'x', (byte)'m', (byte)'l', ..] => ImageFormat.Svg,
        _ when StartsWith(text, "<!doctype html"u8) || StartsWith(text, "<html"u8) || StartsWith(text, "<head"u8) || StartsWith(text, "<body"u8) => ImageFormat.Html,
        _ => null,
    };

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> tag) => text.Length >= tag.Length && Ascii.EqualsIgnoreCase(text[..tag.Length], tag);

    /// <summary>ISO base media files say in their brands what is in them: one of AVIF's makes it AVIF, as the major brand may be the neutral mif1.</summary>
    private static ImageFormat? SniffBrand(ReadOnlySpan<byte> brands)
    {
        var known = brands.Length > 24 ? brands[..24] : brands;
        if (known.IndexOf("avif"u8) >= 0 || known.IndexOf("avis"u8) >= 0)
        {
            return ImageFormat.Avif;
        }

        return known.IndexOf("hei"u8) >= 0 || known.IndexOf("hev"u8) >= 0 || known.IndexOf("mif1"u8) >= 0 || known.IndexOf("msf1"u8) >= 0 ? ImageFormat.Heic : null;
    }
}
