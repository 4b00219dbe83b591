using FaceAspire.ModelHub;
using Microsoft.Extensions.Options;

namespace FaceAspire.Detection;

/// <summary>Default names must exist in the catalogue: else the service does not start.</summary>
internal sealed class DetectionOptionsValidator(ModelCatalog catalog) : IValidateOptions<DetectionOptions>
{
    public ValidateOptionsResult Validate(string? name, DetectionOptions options) => SettingNames.Check(
        ("DEFAULT_DETECTOR", options.DefaultDetector, catalog.Names.Detectors.Names));
}
