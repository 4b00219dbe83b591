namespace FaceAspire.Gallery.Search;

/// <summary>The nearest rows so far, by distance, then face: a heap with the farthest on top. It grows with what comes, never beyond what is wanted.</summary>
internal sealed class NearestRows(int wanted)
{
    private const int InitialCapacity = 16;

    private Entry[] _heap = new Entry[Math.Min(wanted, InitialCapacity)];

    /// <summary>A row with its distance before rounding.</summary>
    internal readonly record struct Entry(double Distance, long Face, int Row, long Subject) : IComparable<Entry>
    {
        /// <inheritdoc/>
        public int CompareTo(Entry other)
        {
            int order = Distance.CompareTo(other.Distance);
            order = order != 0 ? order : Face.CompareTo(other.Face);
            return order != 0 ? order : Row.CompareTo(other.Row);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there are as many as wanted: from then on only what is nearer than <see cref="Farthest"/> counts.</summary>
    public bool IsFull => Count == wanted;

    /// <summary>Distance of the farthest.</summary>
    public double Farthest => _heap[0].Distance;

    /// <summary>The rows, in no order.</summary>
    public ReadOnlySpan<Entry> Entries => _heap.AsSpan(0, Count);

    /// <summary>Takes a row if it is among the nearest; whether it was.</summary>
    public bool Add(in Entry entry)
    {
        if (IsFull)
        {
            if (entry.CompareTo(_heap[0]) >= 0)
            {
                return false;
            }

            SinkFromTop(entry);
            return true;
        }

        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, (int)Math.Min(wanted, 2L * Count));
        }

        int at = Count++;
        while (at > 0 && entry.CompareTo(_heap[(at - 1) / 2]) > 0)
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = entry;
        return true;
    }

    private void SinkFromTop(in Entry entry)
    {
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _heap[child + 1].CompareTo(_heap[child]) > 0)
            {
                child++;
            }

            if (entry.CompareTo(_heap[child]) >= 0)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = entry;
    }
}
