using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Responses;

namespace FaceAspire.Contracts;

/// <summary>How every answer is written: snake_case, no reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VerifyResponse))]
[JsonSerializable(typeof(RepresentResponse))]
[JsonSerializable(typeof(ExtractResponse))]
[JsonSerializable(typeof(AnalyzeResponse))]
[JsonSerializable(typeof(ModelsResponse))]
[JsonSerializable(typeof(FindResponse))]
[JsonSerializable(typeof(SearchResponse))]
[JsonSerializable(typeof(SubjectVerifyResponse))]
[JsonSerializable(typeof(EnrolResponse))]
[JsonSerializable(typeof(GalleriesResponse))]
[JsonSerializable(typeof(GalleryResponse))]
[JsonSerializable(typeof(DeletedResponse))]
[JsonSerializable(typeof(SubjectsResponse))]
[JsonSerializable(typeof(SubjectResponse))]
[JsonSerializable(typeof(FacesResponse))]
[JsonSerializable(typeof(FaceResponse))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(ServiceInfoResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(ErrorResponse))]
public sealed partial class ApiJsonContext : JsonSerializerContext;
