using System.Numerics;

namespace FaceAspire.Vision.Detection;

/// <summary>Reads the landmarks of an anchor.</summary>
internal static class FivePoints
{
    private const int Count = 5;

    /// <summary>Points given as x, y from <paramref name="origin"/> in units of <paramref name="unit"/>, in pixels of the frame.</summary>
    /// <param name="numbers">Ten numbers.</param>
    /// <param name="origin">Where in the input they count from.</param>
    /// <param name="unit">Pixels of the input for a number of 1.</param>
    /// <param name="placement">Where the picture lies in the input.</param>
    public static Vector2[] Read(ReadOnlySpan<float> numbers, Vector2 origin, Vector2 unit, in InputPlacement placement)
    {
        var points = new Vector2[Count];
        for (int i = 0; i < Count; i++)
        {
            points[i] = placement.ToFrame(origin.X + (numbers[2 * i] * unit.X), origin.Y + (numbers[(2 * i) + 1] * unit.Y));
        }

        return points;
    }
}
