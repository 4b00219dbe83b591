using System.Numerics;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>The similarity (scale, rotation, shift) that carries one set of points best onto another, in the least-squares sense.</summary>
public static class SimilarityTransform
{
    /// <summary>Fits <paramref name="source"/> to <paramref name="target"/>.</summary>
    /// <remarks>Closed form of Umeyama's estimate (IEEE PAMI 13, 1991) in two dimensions, without reflection.</remarks>
    /// <param name="source">At least two points that are not all the same.</param>
    /// <param name="target">As many points.</param>
    /// <returns>Maps source to target; null when the source points do not span anything.</returns>
    public static AffineMatrix? Fit(ReadOnlySpan<Vector2> source, ReadOnlySpan<Vector2> target)
    {
        var sums = Correlate(source, target);
        return sums.Spread > 0 ? Compose(sums, sums.Dot / sums.Spread, sums.Cross / sums.Spread) : null;
    }

    /// <summary>The same without rotation: scale and shift only, for faces that are to stay as they lean.</summary>
    public static AffineMatrix? FitUpright(ReadOnlySpan<Vector2> source, ReadOnlySpan<Vector2> target)
    {
        // The scale is that of the rotated fit, so that the face keeps its size however far it leans.
        var sums = Correlate(source, target);
        return sums.Spread > 0 ? Compose(sums, Math.Sqrt((sums.Dot * sums.Dot) + (sums.Cross * sums.Cross)) / sums.Spread, 0) : null;
    }

    private static AffineMatrix Compose(in Sums sums, double a, double b) => new(
        a,
        -b,
        sums.TargetX - ((a * sums.SourceX) - (b * sums.SourceY)),
        b,
        a,
        sums.TargetY - ((b * sums.SourceX) + (a * sums.SourceY)));

    private static Sums Correlate(ReadOnlySpan<Vector2> source, ReadOnlySpan<Vector2> target)
    {
        if (source.Length != target.Length || source.Length < 2)
        {
            throw new ArgumentException($"Two equal sets of at least two points are needed, not {source.Length} and {target.Length}.", nameof(source));
        }

        double sourceX = 0, sourceY = 0, targetX = 0, targetY = 0;
        for (int i = 0; i < source.Length; i++)
        {
            sourceX += source[i].X;
            sourceY += source[i].Y;
            targetX += target[i].X;
            targetY += target[i].Y;
        }

        sourceX /= source.Length;
        sourceY /= source.Length;
        targetX /= source.Length;
        targetY /= source.Length;
        double dot = 0, cross = 0, spread = 0;
        for (int i = 0; i < source.Length; i++)
        {
            double sx = source[i].X - sourceX, sy = source[i].Y - sourceY;
            double tx = target[i].X - targetX, ty = target[i].Y - targetY;
            dot += (sx * tx) + (sy * ty);
            cross += (sx * ty) - (sy * tx);
            spread += (sx * sx) + (sy * sy);
        }

        return new(sourceX, sourceY, targetX, targetY, dot, cross, spread);
    }

    private readonly record struct Sums(double SourceX, double SourceY, double TargetX, double TargetY, double Dot, double Cross, double Spread);
}
