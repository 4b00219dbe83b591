namespace FaceAspire.Vision.Imaging;

/// <summary>Types of image files that are told apart: those read, and those known only to be refused by name.</summary>
public enum ImageFormat
{
    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP.</summary>
    WebP,

    /// <summary>AVIF.</summary>
    Avif,

    /// <summary>GIF; the first frame is read.</summary>
    Gif,

    /// <summary>Windows bitmap.</summary>
    Bmp,

    /// <summary>HEIC or HEIF. Refused.</summary>
    Heic,

    /// <summary>TIFF. Refused.</summary>
    Tiff,

    /// <summary>SVG, or other XML. Refused.</summary>
    Svg,

    /// <summary>A web page, such as a login or an error in place of a picture. Refused.</summary>
    Html,

    /// <summary>PDF. Refused.</summary>
    Pdf,

    /// <summary>JPEG XL. Refused.</summary>
    JpegXl,

    /// <summary>JPEG 2000. Refused.</summary>
    Jpeg2000,

    /// <summary>Photoshop. Refused.</summary>
    Psd,

    /// <summary>Windows icon. Refused.</summary>
    Ico,
}
