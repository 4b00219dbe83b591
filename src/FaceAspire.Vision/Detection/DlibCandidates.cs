using System.Buffers;

namespace FaceAspire.Vision.Detection;

/// <summary>What a detector of dlib's found before overlaps go, in pooled memory. Of very many the best are kept.</summary>
/// <param name="limit">How many at least are kept; twice as many at most.</param>
internal sealed class DlibCandidates(int limit) : IDisposable
{
    private DlibCandidate[] _candidates = ArrayPool<DlibCandidate>.Shared.Rent(256);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>One more.</summary>
    public void Add(DlibCandidate candidate)
    {
        if (Count == 2 * limit)
        {
            Sort();
            Count = limit;
        }

        if (Count == _candidates.Length)
        {
            var larger = ArrayPool<DlibCandidate>.Shared.Rent(2 * Count);
            _candidates.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<DlibCandidate>.Shared.Return(_candidates);
            _candidates = larger;
        }

        _candidates[Count++] = candidate;
    }

    /// <summary>The faces that stay, best first.</summary>
    /// <param name="ofUnion">Largest part that two may share of the smallest rectangle around both.</param>
    /// <param name="ofEither">Largest part of one of them that they may share.</param>
    public List<DetectedFace> ToFaces(double ofUnion, double ofEither)
    {
        Sort();
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!OverlapsAny(_candidates.AsSpan(0, kept), _candidates[i].Rectangle, ofUnion, ofEither))
            {
                _candidates[kept++] = _candidates[i];
            }
        }

        List<DetectedFace> faces = new(kept);
        foreach (ref readonly var candidate in _candidates.AsSpan(0, kept))
        {
            faces.Add(new(candidate.Rectangle.ToBox(), [], Math.Clamp(candidate.Score, 0, 1)));
        }

        return faces;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<DlibCandidate>.Shared.Return(_candidates);
        (_candidates, Count) = ([], 0);
    }

    // Of equal scores the upper left one counts as the better, so that the same picture gives the same faces everywhere.
    private void Sort() => _candidates.AsSpan(0, Count).Sort(static (a, b) =>
    {
        int byScore = b.Score.CompareTo(a.Score);
        int byRow = byScore != 0 ? byScore : a.Rectangle.Top.CompareTo(b.Rectangle.Top);
        return byRow != 0 ? byRow : a.Rectangle.Left.CompareTo(b.Rectangle.Left);
    });

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
