using System.Numerics;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>The affine transform that carries three points onto three others: OpenCV's <c>getAffineTransform</c>.</summary>
public static class AffineFit
{
    // Twice the area of a triangle, in square pixels, below which its corners are taken for one line.
    private const double LeastArea = 1e-3;

    /// <summary>Carries each point of <paramref name="source"/> exactly onto that of <paramref name="target"/>.</summary>
    /// <param name="source">Three points.</param>
    /// <param name="target">Three points.</param>
    /// <returns>Maps source to target; null when three of the points lie on a line.</returns>
    /// <exception cref="ArgumentException">There are not three and three.</exception>
    public static AffineMatrix? Fit(ReadOnlySpan<Vector2> source, ReadOnlySpan<Vector2> target)
    {
        if (source.Length != 3 || target.Length != 3)
        {
            throw new ArgumentException($"Three points are carried onto three, not {source.Length} onto {target.Length}.", nameof(source));
        }

        // Both triangles share the unknown map: target edges = map × source edges.
        var (sx1, sy1) = Edge(source, 1);
        var (sx2, sy2) = Edge(source, 2);
        var (tx1, ty1) = Edge(target, 1);
        var (tx2, ty2) = Edge(target, 2);
        double area = (sx1 * sy2) - (sx2 * sy1);
        if (Math.Abs(area) < LeastArea || Math.Abs((tx1 * ty2) - (tx2 * ty1)) < LeastArea)
        {
            return null;
        }

        double m11 = ((tx1 * sy2) - (tx2 * sy1)) / area;
        double m12 = ((tx2 * sx1) - (tx1 * sx2)) / area;
        double m21 = ((ty1 * sy2) - (ty2 * sy1)) / area;
        double m22 = ((ty2 * sx1) - (ty1 * sx2)) / area;
        return new(
            m11,
            m12,
            target[0].X - (m11 * source[0].X) - (m12 * source[0].Y),
            m21,
            m22,
            target[0].Y - (m21 * source[0].X) - (m22 * source[0].Y));
    }

    private static (double X, double Y) Edge(ReadOnlySpan<Vector2> points, int corner) =>
        ((double)points[corner].X - points[0].X, (double)points[corner].Y - points[0].Y);
}
