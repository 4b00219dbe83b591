using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition;

/// <summary>Default names must exist in the catalogue: else the service does not start.</summary>
internal sealed class RecognitionOptionsValidator(ModelCatalog catalog) : IValidateOptions<RecognitionOptions>
{
    public ValidateOptionsResult Validate(string? name, RecognitionOptions options) => SettingNames.Check(
        ("DEFAULT_MODEL", options.DefaultModel, catalog.Names.Models.Names),
        ("DEFAULT_DETECTOR", options.DefaultDetector, catalog.Names.Detectors.Names),
        ("DEFAULT_METRIC", options.DefaultMetric, ApiNames.Metrics.Names),
        ("DEFAULT_ALIGNMENT", options.DefaultAlignment, ApiNames.Alignments.Names));
}
