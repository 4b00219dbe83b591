namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>GET /api/v1/models</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Count">Number of models.</param>
/// <param name="Models">The whole catalogue.</param>
public sealed record ModelsResponse(bool Success, int Count, IReadOnlyList<ModelSummary> Models);

/// <summary>One model of the catalogue.</summary>
/// <param name="Name">Name on the wire.</param>
/// <param name="Task"><c>detection</c>, <c>recognition</c> or <c>attributes</c>.</param>
/// <param name="Description">What it is, and what to know before choosing it.</param>
/// <param name="Present">Whether its file is on this machine.</param>
/// <param name="Default">Whether requests that name no model get it.</param>
/// <param name="Version">First 12 hex digits of the SHA-256 of the file, or of the upstream file that it was converted from; null when nobody published it and the file is not here.</param>
/// <param name="SizeBytes">Size of the file; null when it is not known.</param>
/// <param name="Licence">Terms of the weights.</param>
/// <param name="Source">Where the weights come from.</param>
/// <param name="Dimension">Numbers in an embedding; null for other tasks.</param>
/// <param name="Actions">What an attribute model tells; null for other tasks.</param>
/// <param name="Thresholds">Largest accepted distance by alignment and metric; null for other tasks.</param>
/// <param name="Accuracy">Measured accuracy, with its conditions; null when none was measured.</param>
public sealed record ModelSummary(
    string Name,
    string Task,
    string Description,
    bool Present,
    bool Default,
    string? Version,
    long? SizeBytes,
    string Licence,
    string Source,
    int? Dimension,
    IReadOnlyList<string>? Actions,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Thresholds,
    string? Accuracy);
