using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAspire.ModelHub.Internal;

// The catalogue as it is written. Everything may be missing and every name may be wrong: CatalogReader says so, in one go. Members that are
// not listed land in Unknown instead of stopping the reader at the first of them.

/// <summary>A JSON object that remembers the members nobody knows.</summary>
internal abstract class FileObject
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The whole file. Models stay unread here, so that a wrong type in one does not hide the problems of the others.</summary>
internal sealed class CatalogFile : FileObject
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    public List<JsonElement>? Models { get; set; }
}

/// <summary>One model.</summary>
internal sealed class EntryFile : FileObject
{
    public string? Name { get; set; }

    public string? Task { get; set; }

    public string? Description { get; set; }

    public string? File { get; set; }

    public string? Sha256 { get; set; }

    public long? SizeBytes { get; set; }

    public OriginFile? Origin { get; set; }

    public List<MoreFile?>? MoreFiles { get; set; }

    public string? Licence { get; set; }

    public string? Commercial { get; set; }

    public string? Source { get; set; }

    public string? Accuracy { get; set; }

    public InputFile? Input { get; set; }

    public CropFile? Crop { get; set; }

    public string? Decoder { get; set; }

    public int? Dimension { get; set; }

    public bool? UnitLength { get; set; }

    public bool? NativeMeasured { get; set; }

    public Dictionary<string, Dictionary<string, double>?>? Thresholds { get; set; }

    public Dictionary<string, CalibrationFile?>? Calibrations { get; set; }

    [JsonPropertyName("deepface_input")]
    public InputFile? DeepFaceInput { get; set; }

    public float? ScoreThreshold { get; set; }

    public float? OverlapThreshold { get; set; }

    public List<OutputFile?>? Outputs { get; set; }
}

/// <summary>A further file of a model.</summary>
internal sealed class MoreFile : FileObject
{
    public string? File { get; set; }

    public string? Sha256 { get; set; }

    public long? SizeBytes { get; set; }

    public OriginFile? Origin { get; set; }
}

/// <summary>Where a file can be fetched.</summary>
internal sealed class OriginFile : FileObject
{
    public string? Url { get; set; }

    public string? File { get; set; }

    public string? Sha256 { get; set; }

    public long? SizeBytes { get; set; }

    public string? Architecture { get; set; }

    public string? Unpack { get; set; }
}

/// <summary>A network's input.</summary>
internal sealed class InputFile : FileObject
{
    public int? Width { get; set; }

    public int? Height { get; set; }

    public string? Color { get; set; }

    public List<float>? Mean { get; set; }

    public float? Scale { get; set; }

    public bool? TakesBytes { get; set; }

    public bool? TakesShares { get; set; }

    public int? FittedSide { get; set; }

    public bool? Standardized { get; set; }
}

/// <summary>A crop.</summary>
internal sealed class CropFile : FileObject
{
    public string? Geometry { get; set; }

    public int? Width { get; set; }

    public int? Height { get; set; }

    public float? Margin { get; set; }
}

/// <summary>A confidence calibration.</summary>
internal sealed class CalibrationFile : FileObject
{
    public double? Weight { get; set; }

    public double? Bias { get; set; }

    public double? Normalizer { get; set; }

    public double? MaxTrue { get; set; }

    public double? MinTrue { get; set; }

    public double? MaxFalse { get; set; }

    public double? MinFalse { get; set; }
}

/// <summary>One answer of an attribute model.</summary>
internal sealed class OutputFile : FileObject
{
    public string? Action { get; set; }

    public string? Tensor { get; set; }

    public List<string?>? Classes { get; set; }
}

/// <summary>How the catalogue is read: snake_case, no reflection; a member that occurs twice is an error.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CatalogFile))]
[JsonSerializable(typeof(EntryFile))]
internal sealed partial class CatalogJsonContext : JsonSerializerContext;
