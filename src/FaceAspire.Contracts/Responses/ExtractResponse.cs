using System.Text.Json.Serialization;

namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/extract</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="FacesFound">Number of faces.</param>
/// <param name="Result">One entry per face.</param>
public sealed record ExtractResponse(bool Success, int FacesFound, IReadOnlyList<ExtractedFaceResult> Result);

/// <summary>One face as a picture.</summary>
/// <param name="FaceBase64">The crop as a PNG data URI.</param>
/// <param name="FacialArea">Where the face is.</param>
/// <param name="Confidence">The detector's score, 0 to 1; 0 when nothing was detected.</param>
public sealed record ExtractedFaceResult(string FaceBase64, FacialArea FacialArea, double Confidence) : DescribedFace
{
    /// <summary>Whether the face is a person's, not that of a print or a screen; absent unless <c>anti_spoofing</c> asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsReal { get; init; }

    /// <summary>How sure that is, whichever way it went, 0 to 1; absent unless <c>anti_spoofing</c> asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AntispoofScore { get; init; }
}
