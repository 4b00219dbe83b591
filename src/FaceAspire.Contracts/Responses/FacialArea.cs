using System.Text.Json.Serialization;

namespace FaceAspire.Contracts.Responses;

/// <summary>Where a face is, in whole pixels of the upright picture. All null where an embedding was sent in place of a picture.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="W">Width.</param>
/// <param name="H">Height.</param>
/// <param name="LeftEye">The person's own left eye, x and y; null when unknown or outside the picture.</param>
/// <param name="RightEye">The person's own right eye, x and y; null when unknown or outside the picture.</param>
/// <param name="Confidence">The detector's score, 0 to 1; only where the answer has no other place for it.</param>
public sealed record FacialArea(
    int? X,
    int? Y,
    int? W,
    int? H,
    IReadOnlyList<int>? LeftEye = null,
    IReadOnlyList<int>? RightEye = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Confidence = null);
