using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>The vectors of one space in the memory of this process, read at the first use. Before each search it takes what has changed since the last one.</summary>
/// <remarks>Reading is nobody's own: it goes on when those who wait for it leave, and ends with the index only.</remarks>
internal sealed class RedisIndex(GalleryLink link, GalleryKeys keys, SpaceState space, TimeProvider time) : IDisposable
{
    private const int PageOfFaces = 256;
    private const int PagesBetweenCatchUps = 16;
    private const int BytesOfRowNumber = 40; // in the dictionary of rows

    private static readonly TimeSpan _waitLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);

    private readonly VectorIndex _index = VectorIndex.Create(path: null, space.Space.Dimension);
    private readonly Dictionary<long, int> _rows = [];
    private readonly Stack<int> _freeRows = [];
    private readonly Lock _starting = new();
    private readonly CancellationTokenSource _ending = new();
    private Task _update = Task.CompletedTask;
    private int _updates;
    private bool _isLoaded; // the update's, as are the rows and the next two
    private long _change = -1;
    private string _changeStamp = "";
    private long _lastUsed = time.GetTimestamp();
    private volatile string? _stamp; // of the last change that is in the index; null before the first

    /// <summary>When it was last searched.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>How many faces it holds so far.</summary>
    public int Faces => _index.Count;

    /// <summary>Bytes of memory that it takes, or will when it has read what there was at its beginning.</summary>
    public long Bytes => Math.Max(_index.Bytes, VectorIndex.BytesOf(space.Faces, space.Space.Dimension)) + ((long)BytesOfRowNumber * Math.Max(_index.Count, space.Faces));

    /// <summary>The nearest faces of each probe, exactly, among all that were there when the state was read.</summary>
    /// <param name="state">The gallery, read just now.</param>
    /// <param name="probes">Vectors of the space's dimension.</param>
    /// <param name="search">What is wanted.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="FaceAspireException"><c>service_unavailable</c>: the faces are still being read.</exception>
    /// <exception cref="ObjectDisposedException">The index has been freed.</exception>
    /// <exception cref="GalleryChangedException">More was changed while faces were read than is remembered.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<VectorHit>>> SearchAsync(
        GalleryState state, IReadOnlyList<Embedding> probes, VectorSearch search, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastUsed, time.GetTimestamp());
        int before = Volatile.Read(ref _updates);
        for (int update = before; _stamp != state.ChangeStamp && update == before;)
        {
            (var updated, update) = Update(state);
            try
            {
                await updated.WaitAsync(_waitLimit, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new FaceAspireException(ErrorCode.ServiceUnavailable, $"The gallery's embeddings are being read into memory; {Faces} of {space.Faces} are there.") { RetryAfter = _retryAfter };
            }
        }

        return _index.Search(probes, search, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Cancel(); // not disposed: an update may still be looking at it
        _index.Dispose();
    }

    /// <summary>The update that is under way, or else a new one, and its number.</summary>
    private (Task Update, int Number) Update(GalleryState state)
    {
        lock (_starting)
        {
            if (_update.IsCompleted)
            {
                ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
                _updates++;
                _update = Task.Run(() => UpdateAsync(state, _ending.Token));
            }

            return (_update, _updates);
        }
    }

    private async Task UpdateAsync(GalleryState state, CancellationToken cancellationToken)
    {
        try
        {
            if (!_isLoaded || !await TryCatchUpAsync(cancellationToken))
            {
                _stamp = null;
                _isLoaded = false;
                await LoadAsync(state, cancellationToken);
                _isLoaded = true;
            }

            _stamp = _changeStamp;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(RedisIndex));
        }
    }

    /// <summary>Takes the changes since the last one; false when they are not remembered any more, or when the server has lost the last one.</summary>
    private async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        var database = await link.OpenAsync(cancellationToken);
        var entries = await link.AskAsync(database.SortedSetRangeByScoreAsync(keys.Changes, start: _change), cancellationToken);
        string[][] changes = [.. entries.Select(static entry => ((string)entry!).Split(':'))];
        if (changes.Length == 0 || changes[0][1] != _changeStamp)
        {
            return false;
        }

        foreach (long[] page in changes.Skip(1).SelectMany(static change => change[2].Split(',')).Select(long.Parse).Distinct().Chunk(PageOfFaces))
        {
            await TakeAsync(page, cancellationToken);
        }

        (_change, _changeStamp) = (_change + changes.Length - 1, changes[^1][1]);
        return true;
    }

    /// <summary>Reads all faces. Those that change meanwhile are read again, now and then, so that no change is forgotten however long this takes.</summary>
    private async Task LoadAsync(GalleryState state, CancellationToken cancellationToken)
    {
        (_change, _changeStamp) = (state.Change, state.ChangeStamp);
        var database = await link.OpenAsync(cancellationToken);
        HashSet<long> gone = [.. _rows.Keys];
        double after = 0;
        long[] page;
        int pages = 0;
        do
        {
            var read = await link.AskAsync(database.SortedSetRangeByScoreAsync(keys.Faces, start: after, exclude: Exclude.Start, take: PageOfFaces), cancellationToken);
            page = [.. read.Select(static face => (long)face)];
            await TakeAsync(page, cancellationToken);
            gone.ExceptWith(page);
            after = page.LastOrDefault();
            if ((++pages % PagesBetweenCatchUps == 0 || page.Length < PageOfFaces) && !await TryCatchUpAsync(cancellationToken))
            {
                throw new GalleryChangedException();
            }
        }
        while (page.Length == PageOfFaces);

        foreach (long face in gone)
        {
            Remove(face);
        }
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
