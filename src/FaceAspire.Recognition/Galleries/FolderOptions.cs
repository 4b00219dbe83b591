using System.ComponentModel.DataAnnotations;

namespace FaceAspire.Recognition.Galleries;

/// <summary>How the folder of known faces is watched. Read from the environment once, at start.</summary>
public sealed class FolderOptions
{
    /// <summary>After how many seconds the folder is looked through even if nothing was heard of a change: network drives tell of none.</summary>
    [ConfigurationKeyName("FOLDER_RESCAN_SECONDS"), Range(1, 86_400)]
    public int RescanSeconds { get; set; } = 300;
}
