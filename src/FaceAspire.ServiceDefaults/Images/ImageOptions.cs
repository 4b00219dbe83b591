using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.ServiceDefaults.Images;

/// <summary>Where pictures may come from and how large they may be.</summary>
public sealed class ImageOptions : IValidatableObject
{
    /// <summary>Largest encoded image, in bytes.</summary>
    [ConfigurationKeyName("MAX_IMAGE_BYTES"), Range(1_024, 1_073_741_824)]
    public int MaxImageBytes { get; set; } = 10_485_760;

    /// <summary>Folders under which a request may name files, separated by <c>;</c>. Default: <see cref="FacesDbPath"/> alone.</summary>
    [ConfigurationKeyName("IMAGE_PATH_ROOTS")]
    public IReadOnlyList<string> ImagePathRoots { get; set; } = [];

    /// <summary>Folder of known faces.</summary>
    [ConfigurationKeyName("FACES_DB_PATH")]
    public string? FacesDbPath { get; set; }

    /// <summary>Whether URLs may lead into private networks and to this machine.</summary>
    [ConfigurationKeyName("ALLOW_PRIVATE_URLS")]
    public bool AllowPrivateUrls { get; set; }

    /// <summary>Longest body, in bytes, of a route that takes so many images: base64 takes four bytes for three; the rest is room for the other fields.</summary>
    public int BodyLimit(int images) => (int)Math.Min(Array.MaxLength, (images * ((4L * MaxImageBytes) + 2) / 3) + 65_536);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ImagePathRoots
        .Where(static root => !Directory.Exists(root))
        .Select(static root => new ValidationResult($"IMAGE_PATH_ROOTS: no such folder (value '{root}')"));
}
