using System.Text.Json.Serialization;

namespace FaceAspire.Gallery.Transfer;

/// <summary>How lines are written and read: snake_case, nothing for what is not there, nothing twice.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = 4)]
[JsonSerializable(typeof(GalleryHeader))]
[JsonSerializable(typeof(GalleryLine))]
internal sealed partial class GalleryJsonContext : JsonSerializerContext;
