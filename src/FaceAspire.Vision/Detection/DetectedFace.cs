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

    /// <summary>The face in other coordinates.</summary>
    /// <param name="position">What becomes of a coordinate, along either axis.</param>
    /// <param name="length">What becomes of a width or height.</param>
    public DetectedFace Map(Func<float, float> position, Func<float, float> length) => Map(position, position, length, length);

    /// <summary>The same with axes of their own.</summary>
    /// <param name="x">What becomes of a coordinate to the right.</param>
    /// <param name="y">What becomes of a coordinate downwards.</param>
    /// <param name="width">What becomes of a width.</param>
    /// <param name="height">What becomes of a height.</param>
    public DetectedFace Map(Func<float, float> x, Func<float, float> y, Func<float, float> width, Func<float, float> height)
    {
        var points = new Vector2[Landmarks.Count];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = new(x(Landmarks[i].X), y(Landmarks[i].Y));
        }

        return this with { Box = new(x(Box.X), y(Box.Y), width(Box.Width), height(Box.Height)), Landmarks = points };
    }
}
