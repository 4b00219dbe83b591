namespace FaceAspire.Gallery.Transfer;

/// <summary>First line of an exported gallery.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Version">Of the format; this program writes and reads <see cref="CurrentVersion"/>.</param>
/// <param name="Gallery">Name of the gallery that was exported; where it is imported to is the importer's choice.</param>
public sealed record GalleryHeader(string Format, int Version, string Gallery)
{
    /// <summary>What tells the file from other JSON lines.</summary>
    public const string FormatName = "faceaspire-gallery";

    /// <summary>The version written and read.</summary>
    public const int CurrentVersion = 1;
}
