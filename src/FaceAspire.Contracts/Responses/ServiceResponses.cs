namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>GET /</c>.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Endpoints">What it answers, as <c>VERB /path</c>, sorted by path.</param>
public sealed record ServiceInfoResponse(string Service, string Version, IReadOnlyList<string> Endpoints);

/// <summary>Answer of <c>GET /health</c> and its parts.</summary>
/// <param name="Status"><c>ok</c>, or <c>unavailable</c> with status 503.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Checks">State of each part, by name; only under <c>/health/ready</c>.</param>
public sealed record HealthResponse(
    string Status,
    string Version,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, string>? Checks = null);
