using System.Text.Json.Serialization;

namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/analyze</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Count">Number of faces.</param>
/// <param name="Result">One entry per face.</param>
public sealed record AnalyzeResponse(bool Success, int Count, IReadOnlyList<AnalyzedFace> Result);

/// <summary>What is told of one face. What was not asked for is absent.</summary>
public sealed record AnalyzedFace : DescribedFace
{
    /// <summary>Apparent age in whole years.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Age { get; init; }

    /// <summary>The gender with the largest share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DominantGender { get; init; }

    /// <summary>Percentages that sum to 100, in DeepFace's order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Gender { get; init; }

    /// <summary>The emotion with the largest share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DominantEmotion { get; init; }

    /// <summary>Percentages that sum to 100, in DeepFace's order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Emotion { get; init; }

    /// <summary>The race with the largest share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DominantRace { get; init; }

    /// <summary>Percentages that sum to 100, in DeepFace's order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Race { get; init; }

    /// <summary>Where the face is.</summary>
    public required FacialArea Region { get; init; }

    /// <summary>The detector's score, 0 to 1; 0 when nothing was detected.</summary>
    public required double FaceConfidence { get; init; }
}
