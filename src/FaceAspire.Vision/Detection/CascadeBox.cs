using System.Numerics;

namespace FaceAspire.Vision.Detection;

/// <summary>A candidate on its way through a cascade.</summary>
/// <param name="Corners">Left, upper, right and lower edge, in pixels of the picture.</param>
/// <param name="Offsets">What the network would move the edges by, in parts of the sides.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Index">Its place among those that were found with it: of equal scores the first counts as the better.</param>
internal readonly record struct CascadeBox(Vector4 Corners, Vector4 Offsets, float Score, int Index) : IComparable<CascadeBox>
{
    /// <summary>Width and height, and both again: what <see cref="Offsets"/> are parts of.</summary>
    public static Vector4 Sides(Vector4 corners) => new(corners.Z - corners.X, corners.W - corners.Y, corners.Z - corners.X, corners.W - corners.Y);

    /// <summary>The square about the same middle with the longer of the two sides.</summary>
    public CascadeBox ToSquare()
    {
        var sides = Sides(Corners);
        float side = Math.Max(sides.X, sides.Y);
        float left = Corners.X + (sides.X * 0.5f) - (side * 0.5f);
        float top = Corners.Y + (sides.Y * 0.5f) - (side * 0.5f);
        return this with { Corners = new(left, top, left + side, top + side) };
    }

    /// <summary>The box with its edges moved by the offsets.</summary>
    /// <param name="border">What a side is longer than the difference of its edges: 1 where edges count as pixels.</param>
    public CascadeBox Moved(float border) => this with { Corners = Corners + (Offsets * (Sides(Corners) + new Vector4(border))) };

    /// <summary>The better one first.</summary>
    public int CompareTo(CascadeBox other) => other.Score.CompareTo(Score) is var byScore and not 0 ? byScore : Index.CompareTo(other.Index);
}
