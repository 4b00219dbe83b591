using FaceAspire.ModelHub;
using Microsoft.Extensions.Options;

namespace FaceAspire.Attributes;

/// <summary>Default names must exist in the catalogue: else the service does not start.</summary>
internal sealed class AttributesOptionsValidator(ModelCatalog catalog) : IValidateOptions<AttributesOptions>
{
    public ValidateOptionsResult Validate(string? name, AttributesOptions options) => SettingNames.Check(
        ("DEFAULT_DETECTOR", options.DefaultDetector, catalog.Names.Detectors.Names));
}
