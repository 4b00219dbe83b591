using System.Buffers;

namespace FaceAspire.Gallery;

/// <summary>What galleries and subjects may be called.</summary>
public static class GalleryNames
{
    /// <summary>The gallery of requests that name none, which is also that of <c>FACES_DB_PATH</c>.</summary>
    public const string Default = "default";

    /// <summary>Longest name of a gallery, in characters.</summary>
    public const int MaxGalleryLength = 64;

    /// <summary>Longest name of a subject, in characters.</summary>
    public const int MaxSubjectLength = 128;

    private static readonly SearchValues<char> _galleryCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Letters, digits, dots, dashes and underscores, no dot in front.</summary>
    public static bool IsGallery(string name) => name.Length is > 0 and <= MaxGalleryLength && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(_galleryCharacters);

    /// <summary>Any text without control characters, slashes, broken surrogates, and space or dot at either end, so that it is a segment of a path and the name of a folder.</summary>
    public static bool IsSubject(string name)
    {
        if (name.Length is 0 or > MaxSubjectLength || name[0] is ' ' or '.' || name[^1] is ' ' or '.')
        {
            return false;
        }

        foreach (var rune in name.EnumerateRunes())
        {
            if (rune == System.Text.Rune.ReplacementChar || System.Text.Rune.IsControl(rune) || rune.Value is '/' or '\\' or '%')
            {
                return false;
            }
        }

        return true;
    }
}
