using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>The vectors of one space in the memory of this process, read at the first use. Before each search it takes what has changed since the last one.</summary>
internal sealed class RedisIndex(GalleryLink link, GalleryKeys keys, SpaceState space) : IDisposable
{
    private const int PageOfFaces = 256;

    private readonly VectorIndex _index = VectorIndex.Create(path: null, space.Space.Dimension);
    private readonly Dictionary<long, int> _rows = [];
    private readonly Stack<int> _freeRows = [];
    private readonly SemaphoreSlim _writing = new(1);
    private long _change = -1;
    private volatile string? _stamp; // of the last change that is in the index; null before the first

    /// <summary>The nearest faces of each probe, exactly, among all that were there when the state was read.</summary>
    /// <param name="state">The gallery, read just now.</param>
    /// <param name="probes">Vectors of the space's dimension.</param>
    /// <param name="search">What is wanted.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<IReadOnlyList<IReadOnlyList<VectorHit>>> SearchAsync(
        GalleryState state, IReadOnlyList<Embedding> probes, VectorSearch search, CancellationToken cancellationToken)
    {
        if (_stamp != state.ChangeStamp)
        {
            await _writing.WaitAsync(cancellationToken);
            try
            {
                if (_stamp != state.ChangeStamp && !await TryCatchUpAsync(cancellationToken))
                {
                    await LoadAsync(state, cancellationToken);
                }
            }
            finally
            {
                _writing.Release();
            }
        }

        return _index.Search(probes, search, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose(); // not the semaphore: a search may still be waiting for it

    /// <summary>Takes the changes since the last one; false when they are not remembered any more, or when the server has lost the last one.</summary>
    private async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        if (_stamp is null)
        {
            return false;
        }

        var database = await link.OpenAsync(cancellationToken);
        var entries = await link.AskAsync(database.SortedSetRangeByScoreAsync(keys.Changes, start: _change), cancellationToken);
        string[][] changes = [.. entries.Select(static entry => ((string)entry!).Split(':'))];
        if (changes.Length == 0 || changes[0][1] != _stamp)
        {
            return false;
        }

        foreach (long[] page in changes.Skip(1).SelectMany(static change => change[2].Split(',')).Select(long.Parse).Distinct().Chunk(PageOfFaces))
        {
            await TakeAsync(page, cancellationToken);
        }

        (_change, _stamp) = (_change + changes.Length - 1, changes[^1][1]);
        return true;
    }

    /// <summary>Reads all faces. Those that change meanwhile are read again with the changes after this state.</summary>
    private async Task LoadAsync(GalleryState state, CancellationToken cancellationToken)
    {
        _stamp = null;
        var database = await link.OpenAsync(cancellationToken);
        HashSet<long> gone = [.. _rows.Keys];
        double after = 0;
        long[] page;
        do
        {
            var read = await link.AskAsync(database.SortedSetRangeByScoreAsync(keys.Faces, start: after, exclude: Exclude.Start, take: PageOfFaces), cancellationToken);
            page = [.. read.Select(static face => (long)face)];
            await TakeAsync(page, cancellationToken);
            gone.ExceptWith(page);
            after = page.LastOrDefault();
        }
        while (page.Length == PageOfFaces);

        foreach (long face in gone)
        {
            Remove(face);
        }

        (_change, _stamp) = (state.Change, state.ChangeStamp);
    }

    private async Task TakeAsync(long[] faces, CancellationToken cancellationToken)
    {
        var database = await link.OpenAsync(cancellationToken);
        RedisValue[] fields = [FaceState.Field, FaceState.VectorField(space.Number)];
        var read = await link.AskAllAsync(faces.Select(face => database.HashGetAsync(keys.Face(face), fields)), cancellationToken);
        for (int i = 0; i < faces.Length; i++)
        {
            if (RedisJson.Read(read[i][0], RedisJson.Default.FaceState) is { } face && !read[i][1].IsNull)
            {
                if (!_rows.TryGetValue(faces[i], out int row))
                {
                    _rows.Add(faces[i], row = _freeRows.TryPop(out int free) ? free : _index.Rows);
                }

                _index.Write(row, faces[i], face.Subject, VectorBytes.Read(((ReadOnlyMemory<byte>)read[i][1]).Span, space.Space.Dimension));
            }
            else
            {
                Remove(faces[i]);
            }
        }
    }

    private void Remove(long face)
    {
        if (_rows.Remove(face, out int row))
        {
            _index.Remove(row);
            _freeRows.Push(row);
        }
    }
}
