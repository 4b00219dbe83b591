namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>A place where one of dlib's detectors sees a face.</summary>
/// <param name="Rectangle">In pixels of the picture.</param>
/// <param name="Score">Above the detector's threshold; no probability.</param>
internal readonly record struct DlibCandidate(DlibRectangle Rectangle, float Score) : IComparable<DlibCandidate>
{
    /// <summary>The better one first; of equal ones the upper left one, so that the same picture gives the same faces everywhere.</summary>
    public int CompareTo(DlibCandidate other)
    {
        int byScore = other.Score.CompareTo(Score);
        int byRow = byScore != 0 ? byScore : Rectangle.Top.CompareTo(other.Rectangle.Top);
        return byRow != 0 ? byRow : Rectangle.Left.CompareTo(other.Rectangle.Left);
    }

    /// <summary>The faces that stay when of those that overlap only the best does, best first.</summary>
    /// <param name="candidates">Sorted when this returns, and some of them gone.</param>
    /// <param name="ofUnion">Largest part that two may share of the smallest rectangle around both.</param>
    /// <param name="ofEither">Largest part of one of them that they may share.</param>
    public static List<DetectedFace> ToFaces(Span<DlibCandidate> candidates, double ofUnion, double ofEither)
    {
        candidates.Sort();
        int kept = 0;
        foreach (var candidate in candidates)
        {
            if (!OverlapsAny(candidates[..kept], candidate.Rectangle, ofUnion, ofEither))
            {
                candidates[kept++] = candidate;
            }
        }

        List<DetectedFace> faces = new(kept);
        foreach (ref readonly var candidate in candidates[..kept])
        {
            faces.Add(new(candidate.Rectangle.ToBox(), [], Math.Clamp(candidate.Score, 0, 1)));
        }

        return faces;
    }

    private static bool OverlapsAny(ReadOnlySpan<DlibCandidate> others, DlibRectangle rectangle, double ofUnion, double ofEither)
    {
        foreach (ref readonly var other in others)
        {
            if (other.Rectangle.Overlaps(rectangle, ofUnion, ofEither))
            {
                return true;
            }
        }

        return false;
    }
}
