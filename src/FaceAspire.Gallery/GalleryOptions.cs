using System.ComponentModel.DataAnnotations;
using FaceAspire.Gallery.Redis;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.Gallery;

/// <summary>Where galleries are kept, read from the environment once, at start.</summary>
public sealed class GalleryOptions : IValidatableObject
{
    /// <summary><c>sqlite</c> or <c>redis</c>.</summary>
    [ConfigurationKeyName("GALLERY_STORE"), AllowedValues("sqlite", "redis")]
    public string Store { get; set; } = "sqlite";

    /// <summary>Folder of the database. Default: <c>faceaspire</c> in the user's data folder (<c>XDG_DATA_HOME</c> or <c>~/.local/share</c>, <c>~/Library/Application Support</c>,
    /// or the local application data of Windows); none for a user without a home. A relative folder counts from where the process was started.</summary>
    [ConfigurationKeyName("DATA_DIR")]
    public string? DataDir { get; set; } = UserData.GalleryFolder();

    /// <summary>The Redis of the store <c>redis</c>, as StackExchange.Redis writes it. Holds a password.</summary>
    [ConfigurationKeyName("ConnectionStrings:cache")]
    public string? Redis { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Store == "redis" && (Redis is null || !RedisSettings.IsValid(Redis)))
        {
            yield return new("ConnectionStrings__cache: GALLERY_STORE=redis needs a connection string of StackExchange.Redis such as host:6379,password=… (its value is not shown)");
        }
    }
}
