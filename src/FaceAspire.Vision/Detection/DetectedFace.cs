using System.Numerics;

namespace FaceAspire.Vision.Detection;

/// <summary>A face found in an image. All coordinates are pixels of the upright input image, x right, y down.</summary>
/// <param name="Box">Bounding box, not clipped to the image.</param>
/// <param name="Landmarks">Five points in the order right eye, left eye, nose, right and left mouth corner (the person's own
/// right, so the first lies on the left of the picture); empty when the detector gives none. Order as in InsightFace's <c>scrfd.py</c>.</param>
/// <param name="Confidence">The detector's score, 0 to 1; comparable only between faces of one detector. 0 for a face nobody detected.</param>
public sealed record DetectedFace(FaceBox Box, IReadOnlyList<Vector2> Landmarks, float Confidence)
{
    /// <summary>The person's right eye, when known.</summary>
    public Vector2? RightEye => Landmarks.Count >= 2 ? Landmarks[0] : null;

    /// <summary>The person's left eye, when known.</summary>
    public Vector2? LeftEye => Landmarks.Count >= 2 ? Landmarks[1] : null;
}
