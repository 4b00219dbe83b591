using FaceAspire.ModelHub.Internal;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.ModelHub;

/// <summary>Where the weights are, read from the environment once, at start. A relative folder counts from where the process was started.</summary>
public sealed class ModelHubOptions
{
    /// <summary>Folder of model files, looked into first; may be read-only. Default: none.</summary>
    [ConfigurationKeyName("MODELS_DIR")]
    public string? ModelsDir { get; set; }

    /// <summary>Writable folder of model files, looked into second. Default: <c>faceaspire/models</c> in the user's cache folder
    /// (<c>XDG_CACHE_HOME</c> or <c>~/.cache</c>, <c>~/Library/Caches</c>, or the local application data of Windows); none for a user without a home.</summary>
    [ConfigurationKeyName("MODELS_CACHE")]
    public string? ModelsCache { get; set; } = UserCache.ModelsFolder();
}
