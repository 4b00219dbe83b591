using System.Runtime.InteropServices;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>A stump with the corners of its rectangles as offsets from a window's first sum.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PlacedStump
{
    public readonly int A1, A2, A3, A4, B1, B2, B3, B4, C1, C2, C3, C4;
    public readonly float WeightA, WeightB, WeightC, Threshold, Below, Above;

    public PlacedStump(in HaarStump stump, IntegralStrip strip)
    {
        (A1, A2, A3, A4) = Corners(stump.First, stump.IsTilted, strip);
        (B1, B2, B3, B4) = Corners(stump.Second, stump.IsTilted, strip);
        (C1, C2, C3, C4) = Corners(stump.Third, stump.IsTilted, strip);
        (WeightA, WeightB, WeightC) = (stump.First.Weight, stump.Second.Weight, stump.Third.Weight);
        (Threshold, Below, Above) = (stump.Threshold, stump.Below, stump.Above);
    }

    /// <summary>Upper left, upper right, lower left, lower right; of a tilted one upper, left, right, lower.</summary>
    private static (int First, int Second, int Third, int Fourth) Corners(in HaarRectangle r, bool isTilted, IntegralStrip strip)
    {
        if (isTilted)
        {
            int plane = 2 * strip.Plane;
            return (
                plane + strip.OffsetOf(r.X, r.Y),
                plane + strip.OffsetOf(r.X - r.Height, r.Y + r.Height),
                plane + strip.OffsetOf(r.X + r.Width, r.Y + r.Width),
                plane + strip.OffsetOf(r.X + r.Width - r.Height, r.Y + r.Width + r.Height));
        }

        return (strip.OffsetOf(r.X, r.Y), strip.OffsetOf(r.X + r.Width, r.Y), strip.OffsetOf(r.X, r.Y + r.Height), strip.OffsetOf(r.X + r.Width, r.Y + r.Height));
    }
}
