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

    /// <summary>Whether a service fetches a known model that is missing when a request first asks for it. Default: true. Models whose terms forbid commercial use are fetched
    /// only once those were accepted (<c>faceaspire models pull</c>).</summary>
    [ConfigurationKeyName("MODELS_AUTO_DOWNLOAD")]
    public bool ModelsAutoDownload { get; set; } = true;

    /// <summary>Base URL or folder that holds the upstream files by their names, asked instead of the upstream hosts. Default: none.</summary>
    [ConfigurationKeyName("MODELS_MIRROR")]
    public string? ModelsMirror { get; set; }
}
