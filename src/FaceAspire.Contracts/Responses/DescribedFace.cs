using System.Text.Json.Serialization;

namespace FaceAspire.Contracts.Responses;

/// <summary>What <c>include</c> asked of a face. What was not asked for, or needs points that were not found, is absent.</summary>
public abstract record DescribedFace
{
    /// <summary>How good the face's picture is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FaceQuality? Quality { get; init; }

    /// <summary>Where the head is turned; absent where fewer than five points were found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FacePose? Pose { get; init; }

    /// <summary>The five points; absent where fewer were found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FaceLandmarks? Landmarks { get; init; }
}

/// <summary>How good a face's picture is.</summary>
/// <param name="Score">What the quality network says, 0 to 1, more is better; null where its file is not here.</param>
/// <param name="Blur">Variance of the Laplacian of the luma of the face aligned to 112×112 pixels: from 0; below about 100 is blurred.</param>
/// <param name="Brightness">Mean luma of the same, 0 (black) to 1.</param>
/// <param name="Size">Shorter side of the face's box, in pixels of the picture.</param>
public sealed record FaceQuality(double? Score, double Blur, double Brightness, int Size);

/// <summary>Where a head is turned, in degrees; all 0 when it looks straight into the camera.</summary>
/// <param name="Yaw">Above 0 when turned to the person's own right, the left of the picture; -90 to 90.</param>
/// <param name="Pitch">Above 0 when it looks up; -180 to 180.</param>
/// <param name="Roll">Above 0 when it leans clockwise in the picture; -180 to 180.</param>
public sealed record FacePose(double Yaw, double Pitch, double Roll);

/// <summary>Five points of a face, x and y in pixels of the upright picture, to a hundredth. Left and right are the person's own. They may lie outside.</summary>
/// <param name="RightEye">Centre of the right eye.</param>
/// <param name="LeftEye">Centre of the left eye.</param>
/// <param name="Nose">Tip of the nose.</param>
/// <param name="MouthRight">Right corner of the mouth.</param>
/// <param name="MouthLeft">Left corner of the mouth.</param>
public sealed record FaceLandmarks(
    IReadOnlyList<double> RightEye, IReadOnlyList<double> LeftEye, IReadOnlyList<double> Nose, IReadOnlyList<double> MouthRight, IReadOnlyList<double> MouthLeft);
