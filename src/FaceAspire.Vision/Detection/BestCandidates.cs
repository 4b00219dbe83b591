using System.Buffers;

namespace FaceAspire.Vision.Detection;

/// <summary>Candidates in pooled memory. Of very many the best are kept: a picture made for it could else ask for any amount of memory and time.</summary>
/// <typeparam name="T">A candidate; of two the better one comes first.</typeparam>
/// <param name="limit">How many at least are kept; twice as many at most.</param>
internal sealed class BestCandidates<T>(int limit) : IDisposable
    where T : struct, IComparable<T>
{
    private T[] _items = ArrayPool<T>.Shared.Rent(256);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Those there are; valid until the next one is added.</summary>
    public Span<T> Items => _items.AsSpan(0, Count);

    /// <summary>One more.</summary>
    public void Add(T candidate)
    {
        if (Count == 2 * limit)
        {
            Items.Sort();
            Count = limit;
        }

        if (Count == _items.Length)
        {
            var larger = ArrayPool<T>.Shared.Rent(2 * Count);
            Items.CopyTo(larger);
            ArrayPool<T>.Shared.Return(_items);
            _items = larger;
        }

        _items[Count++] = candidate;
    }

    /// <summary>Keeps the first ones.</summary>
    public void Truncate(int count) => Count = count;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<T>.Shared.Return(_items);
        (_items, Count) = ([], 0);
    }
}
