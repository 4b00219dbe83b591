using FaceAspire.Contracts.Responses;

namespace FaceAspire.Gallery.Folders;

/// <summary>Whether two boxes of one picture are of one face.</summary>
internal static class SameFace
{
    // Boxes of one face by different detectors overlap by 0.5 to 0.9, neighbours by less than 0.2.
    private const double LeastOverlap = 0.4;

    /// <summary>Whether they are.</summary>
    public static bool IsSame(FacialArea one, FacialArea other) => Overlap(one, other) >= LeastOverlap;

    /// <summary>Common part of the area of both together, 0 to 1.</summary>
    public static double Overlap(FacialArea one, FacialArea other)
    {
        if (one is not { X: { } x1, Y: { } y1, W: { } w1, H: { } h1 } || other is not { X: { } x2, Y: { } y2, W: { } w2, H: { } h2 })
        {
            return 0;
        }

        double width = Math.Min(x1 + w1, x2 + w2) - Math.Max(x1, x2);
        double height = Math.Min(y1 + h1, y2 + h2) - Math.Max(y1, y2);
        double common = Math.Max(0, width) * Math.Max(0, height);
        return common == 0 ? 0 : common / (((double)w1 * h1) + ((double)w2 * h2) - common);
    }
}
