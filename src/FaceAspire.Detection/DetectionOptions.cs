using System.ComponentModel.DataAnnotations;

namespace FaceAspire.Detection;

/// <summary>Limits and defaults of detection, read from the environment once, at start.</summary>
public sealed class DetectionOptions
{
    /// <summary>Largest decoded image accepted, in pixels (width × height): a bound against decompression bombs.</summary>
    [ConfigurationKeyName("MAX_IMAGE_PIXELS"), Range(4_096, 500_000_000)]
    public int MaxImagePixels { get; set; } = 50_000_000;

    /// <summary>Detector used when a request names none.</summary>
    [ConfigurationKeyName("DEFAULT_DETECTOR"), Required]
    public string DefaultDetector { get; set; } = "facelite";
}
