using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>The index of one space, which a search may use while the writer replaces or drops it. Everything but <see cref="Search"/> is the writer's.</summary>
internal sealed class SpaceIndex(long space, int dimension) : IDisposable
{
    private readonly ReaderWriterLockSlim _swap = new();
    private VectorIndex? _index;
    private volatile bool _isBroken;

    /// <summary>Its row in the database.</summary>
    public long Space { get; } = space;

    /// <summary>Numbers in a vector.</summary>
    public int Dimension { get; } = dimension;

    /// <summary>The number of the last change that it holds.</summary>
    public long Change { get; set; }

    /// <summary>Rows written or emptied since the last checkpoint.</summary>
    public int Pending { get; set; }

    /// <summary>Whether it lacks something that the database has, so that it must be made again before it is searched.</summary>
    public bool IsBroken
    {
        get => _isBroken;
        set => _isBroken = value;
    }

    /// <summary>The index itself.</summary>
    public VectorIndex Index => _index ?? throw new InvalidOperationException("The index is not open.");

    /// <summary>Puts an index in the place of the one so far, which is closed first, when the last search has left it: both may be of one file.</summary>
    /// <param name="index">Opens or makes it.</param>
    /// <param name="isWhole">Whether it has all that the database has. One that has not stays broken, so that no search meets it before the writer has filled it.</param>
    public void Replace(Func<VectorIndex> index, bool isWhole)
    {
        _swap.EnterWriteLock();
        try
        {
            IsBroken = true;
            _index?.Dispose();
            _index = null;
            _index = index();
            IsBroken = !isWhole;
        }
        finally
        {
            _swap.ExitWriteLock();
        }
    }

    /// <summary>Edits the index while nobody searches: a face that goes from one row to another is met once by every search.</summary>
    public void BetweenSearches(Action edit)
    {
        _swap.EnterWriteLock();
        try
        {
            edit();
        }
        finally
        {
            _swap.ExitWriteLock();
        }
    }

    /// <summary>The nearest rows of each probe; null when the index is broken or gone.</summary>
    /// <exception cref="DamagedRowException">A row must be written again first.</exception>
    public IReadOnlyList<IReadOnlyList<VectorHit>>? Search(IReadOnlyList<Embedding> probes, VectorSearch search, CancellationToken cancellationToken)
    {
        _swap.EnterReadLock();
        try
        {
            return _isBroken ? null : _index?.Search(probes, search, cancellationToken);
        }
        finally
        {
            _swap.ExitReadLock();
        }
    }

    /// <summary>Ends the index when the last search has left it.</summary>
    public void Dispose()
    {
        // The lock itself is left to the collector: a search that found this index before it was dropped may still enter.
        _swap.EnterWriteLock();
        try
        {
            _index?.Dispose();
            _index = null;
        }
        finally
        {
            _swap.ExitWriteLock();
        }
    }
}
