using System.ComponentModel.DataAnnotations;

namespace FaceAspire.Attributes;

/// <summary>Defaults of <c>analyze</c>, read from the environment once, at start.</summary>
public sealed class AttributesOptions
{
    /// <summary>Detector used when a request names none: by the catalogue's name, or <c>skip</c>.</summary>
    [ConfigurationKeyName("DEFAULT_DETECTOR"), Required]
    public string DefaultDetector { get; set; } = "facelite";
}
