using System.Text.Json.Serialization;

namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/galleries/{gallery}/subjects/{subject}/faces</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Created">How many faces are new.</param>
/// <param name="Existing">How many were there.</param>
/// <param name="Failed">How many entries of <paramref name="Results"/> are errors.</param>
/// <param name="Results">What became of each picture, in order; several entries for one of which several faces were taken.</param>
public sealed record EnrolResponse(bool Success, int Created, int Existing, int Failed, IReadOnlyList<EnrolledItem> Results);

/// <summary>What became of a picture or a face of it.</summary>
/// <param name="Image">Which picture, from 0.</param>
/// <param name="Status"><c>created</c>, <c>exists</c> (the same face of the same picture was enrolled for the subject before) or <c>error</c>.</param>
public sealed record EnrolledItem(int Image, string Status)
{
    /// <summary>The face.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FaceId { get; init; }

    /// <summary>The detector's score, 0 to 1; 0 when nothing was detected.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FaceConfidence { get; init; }

    /// <summary>Where the face is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FacialArea? FacialArea { get; init; }

    /// <summary>Name of an error code; only of an error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorCode { get; init; }

    /// <summary>What went wrong; only of an error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    /// <summary>The other subject that has such a face, where that is the error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DuplicateOf { get; init; }
}
