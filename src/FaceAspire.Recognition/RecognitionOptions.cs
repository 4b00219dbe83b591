using System.ComponentModel.DataAnnotations;

namespace FaceAspire.Recognition;

/// <summary>What requests get that name no model, detector, metric or alignment. Read from the environment once, at start.</summary>
public sealed class RecognitionOptions
{
    /// <summary>Recogniser, by the catalogue's name.</summary>
    [ConfigurationKeyName("DEFAULT_MODEL"), Required]
    public string DefaultModel { get; set; } = "FaceLite";

    /// <summary>Detector, by the catalogue's name, or <c>skip</c>.</summary>
    [ConfigurationKeyName("DEFAULT_DETECTOR"), Required]
    public string DefaultDetector { get; set; } = "facelite";

    /// <summary>cosine, euclidean, euclidean_l2 or angular.</summary>
    [ConfigurationKeyName("DEFAULT_METRIC"), Required]
    public string DefaultMetric { get; set; } = "cosine";

    /// <summary>auto, native or deepface.</summary>
    [ConfigurationKeyName("DEFAULT_ALIGNMENT"), Required]
    public string DefaultAlignment { get; set; } = "auto";
}
