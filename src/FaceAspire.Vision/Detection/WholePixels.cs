namespace FaceAspire.Vision.Detection;

/// <summary>How DeepFace's backends make whole pixels of a face: truncated towards zero.</summary>
internal static class WholePixels
{
    /// <summary>Every number truncated by itself.</summary>
    public static DetectedFace Truncate(DetectedFace face) => face.Map(Truncate, Truncate);

    /// <summary>Corners and landmarks truncated; the sides are what lies between the corners.</summary>
    public static DetectedFace TruncateCorners(DetectedFace face)
    {
        float x = Truncate(face.Box.X);
        float y = Truncate(face.Box.Y);
        return Truncate(face) with { Box = new(x, y, Truncate(face.Box.Right) - x, Truncate(face.Box.Bottom) - y) };
    }

    /// <summary>All faces of a list, in place.</summary>
    public static List<DetectedFace> Apply(List<DetectedFace> faces, Func<DetectedFace, DetectedFace> truncate)
    {
        for (int i = 0; i < faces.Count; i++)
        {
            faces[i] = truncate(faces[i]);
        }

        return faces;
    }

    private static float Truncate(float value) => MathF.Truncate(value);
}
