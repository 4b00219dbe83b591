using System.Globalization;
using System.Numerics;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Cli.Annotation;

/// <summary>Draws faces on the picture in which they were found. Colours that the colour-blind can tell apart (Okabe and Ito, 2008).</summary>
/// <param name="drawLandmarks">Whether the points are drawn: those of the person's right side vermilion, of the left side blue, the nose yellow.</param>
/// <param name="writeScores">Whether the detector's score is written at the box.</param>
internal sealed class FaceDrawing(bool drawLandmarks, bool writeScores)
{
    /// <summary>Colour of boxes.</summary>
    public static readonly RgbColor Box = new(0, 158, 115);

    /// <summary>Colour of the person's right eye and right mouth corner.</summary>
    public static readonly RgbColor Right = new(213, 94, 0);

    /// <summary>Colour of the person's left eye and left mouth corner.</summary>
    public static readonly RgbColor Left = new(86, 180, 233);

    /// <summary>Colour of the nose.</summary>
    public static readonly RgbColor Nose = new(240, 228, 66);

    private const int SidePerUnit = 320; // lines are a pixel thick, and letters seven high, for so many of the picture's longer side
    private const float LetteredEyes = 6 * PixelFont.Advance; // least distance of the eyes, in units, that leaves room for letters above them

    private static readonly RgbColor _text = new(255, 255, 255);

    // In the order of DetectedFace's landmarks.
    private static readonly RgbColor[] _points = [Right, Left, Nose, Right, Left];

    /// <summary>Draws them, the best on top.</summary>
    /// <param name="image">Drawn on.</param>
    /// <param name="faces">Faces of this picture, best first.</param>
    public void Draw(PixelBuffer image, IReadOnlyList<DetectedFace> faces)
    {
        var canvas = new PictureCanvas(image);
        int unit = UnitOf(image);
        foreach (var face in faces.Reverse())
        {
            DrawFace(canvas, face, unit);
        }
    }

    /// <summary>Thickness of lines in a picture, in pixels.</summary>
    internal static int UnitOf(PixelBuffer image) => Math.Max(1, (int)Math.Round(Math.Max(image.Width, image.Height) / (double)SidePerUnit));

    private void DrawFace(PictureCanvas canvas, DetectedFace face, int unit)
    {
        long left = (long)MathF.Round(face.Box.X), top = (long)MathF.Round(face.Box.Y);
        long width = (long)MathF.Round(face.Box.Right) - left, height = (long)MathF.Round(face.Box.Bottom) - top;
        canvas.Frame(left, top, width, height, unit, Box);
        if (drawLandmarks)
        {
            DrawLandmarks(canvas, face, unit);
        }

        if (writeScores)
        {
            string score = face.Confidence.ToString("F2", CultureInfo.InvariantCulture);
            int labelHeight = (PixelFont.Height + 2) * unit;
            long labelTop = top >= labelHeight ? top - labelHeight : Math.Max(0, top); // above the box, or in it where there is no room
            long labelLeft = Math.Max(0, left);
            canvas.Fill(labelLeft, labelTop, ((score.Length * PixelFont.Advance) + 1) * unit, labelHeight, Box);
            canvas.Write(labelLeft + unit, labelTop + unit, score, unit, _text);
        }
    }

    private static void DrawLandmarks(PictureCanvas canvas, DetectedFace face, int unit)
    {
        for (int i = 0; i < Math.Min(face.Landmarks.Count, _points.Length); i++)
        {
            canvas.Dot((long)MathF.Round(face.Landmarks[i].X), (long)MathF.Round(face.Landmarks[i].Y), unit + 1, _points[i]);
        }

        if (face is { RightEye: { } right, LeftEye: { } left } && Vector2.Distance(right, left) >= LetteredEyes * unit)
        {
            WriteAbove(canvas, right, "R", unit, Right);
            WriteAbove(canvas, left, "L", unit, Left);
        }
    }

    private static void WriteAbove(PictureCanvas canvas, Vector2 point, string letter, int unit, RgbColor color) => canvas.Write(
        (long)MathF.Round(point.X) - (PixelFont.Width * unit / 2), (long)MathF.Round(point.Y) - ((PixelFont.Height + 4) * unit), letter, unit, color);
}
