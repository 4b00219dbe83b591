using System.Numerics;

namespace FaceAspire.Vision.Detection;

/// <summary>The kinds of non-maximum suppression that implementations of MTCNN differ in.</summary>
/// <param name="BySmaller">Whether an overlap is measured against the smaller of the two boxes, not against their union.</param>
/// <param name="Border">What a side is longer than the difference of its edges: 1 where edges count as pixels.</param>
/// <param name="ByGone">Whether a box that gave way itself still takes others with it.</param>
internal readonly record struct CascadeSuppression(bool BySmaller, float Border, bool ByGone)
{
    /// <summary>Sorts the boxes, best first, and moves those that stay to the front.</summary>
    /// <param name="boxes">In any order.</param>
    /// <param name="threshold">Largest overlap of two that stay, 0 to 1.</param>
    /// <returns>How many stay.</returns>
    public int Suppress(Span<CascadeBox> boxes, float threshold)
    {
        boxes.Sort();
        return ByGone ? SuppressByAll(boxes, threshold) : SuppressByKept(boxes, threshold);
    }

    /// <summary>How much of the smaller box, or of the union, two boxes share.</summary>
    public float Overlap(Vector4 first, Vector4 second)
    {
        var inner = Vector4.Max(first, second);
        var outer = Vector4.Min(first, second);
        float width = outer.Z - inner.X + Border;
        float height = outer.W - inner.Y + Border;
        if (!(width > 0 && height > 0))
        {
            return 0;
        }

        float shared = width * height;
        float firstArea = Area(first);
        float secondArea = Area(second);
        return shared / (BySmaller ? Math.Min(firstArea, secondArea) : firstArea + secondArea - shared);
    }

    private int SuppressByKept(Span<CascadeBox> boxes, float threshold)
    {
        int kept = 0;
        for (int i = 0; i < boxes.Length; i++)
        {
            if (!OverlapsAny(boxes[..kept], boxes[i].Corners, threshold))
            {
                boxes[kept++] = boxes[i];
            }
        }

        return kept;
    }

    private int SuppressByAll(Span<CascadeBox> boxes, float threshold)
    {
        // From the worst on: all its betters are still in their places. Those that stay gather at the end.
        int first = boxes.Length;
        for (int i = boxes.Length - 1; i >= 0; i--)
        {
            if (!OverlapsAny(boxes[..i], boxes[i].Corners, threshold))
            {
                boxes[--first] = boxes[i];
            }
        }

        boxes[first..].CopyTo(boxes);
        return boxes.Length - first;
    }

    private bool OverlapsAny(ReadOnlySpan<CascadeBox> others, Vector4 corners, float threshold)
    {
        foreach (ref readonly var other in others)
        {
            if (Overlap(other.Corners, corners) > threshold)
            {
                return true;
            }
        }

        return false;
    }

    private float Area(Vector4 corners) => (corners.Z - corners.X + Border) * (corners.W - corners.Y + Border);
}
