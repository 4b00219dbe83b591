using System.Buffers;

namespace FaceAspire.Vision.Detection;

/// <summary>Candidates in pooled memory. Of very many the best are kept: a picture made for it could else ask for any amount of memory and time.</summary>
/// <param name="limit">How many at least are kept; twice as many at most.</param>
internal sealed class CascadeCandidates(int limit) : IDisposable
{
    private CascadeBox[] _boxes = ArrayPool<CascadeBox>.Shared.Rent(256);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Those there are; valid until the next one is added.</summary>
    public Span<CascadeBox> Boxes => _boxes.AsSpan(0, Count);

    /// <summary>One more.</summary>
    public void Add(CascadeBox box)
    {
        if (Count == 2 * limit)
        {
            Boxes.Sort();
            Count = limit;
        }

        if (Count == _boxes.Length)
        {
            var larger = ArrayPool<CascadeBox>.Shared.Rent(2 * Count);
            Boxes.CopyTo(larger);
            ArrayPool<CascadeBox>.Shared.Return(_boxes);
            _boxes = larger;
        }

        _boxes[Count++] = box;
    }

    /// <summary>Takes out all but the best of those that overlap, from a place on; the rest stays, best first.</summary>
    /// <param name="start">The candidates before it are not looked at.</param>
    /// <param name="rule">When one gives way to another.</param>
    /// <param name="threshold">Largest overlap, 0 to 1.</param>
    public void Suppress(int start, CascadeSuppression rule, float threshold) => Count = start + rule.Suppress(Boxes[start..], threshold);

    /// <summary>Keeps the first ones.</summary>
    public void Truncate(int count) => Count = count;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<CascadeBox>.Shared.Return(_boxes);
        (_boxes, Count) = ([], 0);
    }
}
