using System.Collections.Concurrent;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>The opened folder: one connection that writes, several that read, and an index in memory-mapped files for each space.</summary>
/// <remarks>The database is the truth. A change is first committed and then told to the indexes; what an index of a crashed process lacks is known by the numbers of the
/// changes and made up for when the folder is opened.</remarks>
internal sealed partial class SqliteStore : IDisposable
{
    private const string DatabaseFile = "galleries.db";
    private const string SegmentFolder = "segments";

    private const int MaxReaders = 8;
    private const int MaxWaiting = 512;

    // What a start after a crash has to write again at most: some 20 MB of vectors.
    private const int RowsBetweenCheckpoints = 10_000;

    private const long LargestLog = 8 << 20; // bytes

    private const int LeastEmptyRows = 1_024;

    // Rows that are given other numbers at a time: some 5 MB of the log, and as long as others wait who want to write.
    private const int RowsMovedTogether = 1_024;

    private const int MaxRepairs = 8;
    private const int MaxSurprises = 3;

    private static readonly TimeSpan _waitLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _maintenanceInterval = TimeSpan.FromSeconds(30);

    private readonly FolderLock _folderLock;
    private readonly string _databasePath;
    private readonly string _segmentFolder;
    private readonly PageEraser _eraser;
    private readonly SqliteSession _writer;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _reading = new(MaxReaders);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly ConcurrentDictionary<long, SpaceIndex> _indexes = new();
    private readonly HashSet<string> _leftFiles = []; // the writer's: of spaces that are gone
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _maintenance;
    private int _waiting;
    private bool _logHoldsErased; // the writer's
    private bool _isDisposed;

    private SqliteStore(FolderLock folderLock, string folder, ILogger logger, TimeProvider time)
    {
        (_folderLock, _logger, _time) = (folderLock, logger, time);
        _databasePath = Path.Combine(folder, DatabaseFile);
        _segmentFolder = Path.Combine(folder, SegmentFolder);
        FolderLock.MakeFile(_databasePath);
        FolderLock.MakeFolder(_segmentFolder);
        _eraser = new(_databasePath);
        _eraser.NoteLog(); // of a process that died
        try
        {
            _writer = SqliteSession.OpenWriter(_databasePath);
        }
        catch
        {
            _eraser.Dispose();
            throw;
        }

        try
        {
            GallerySchema.Upgrade(_writer, GallerySchema.Steps);
            OpenIndexes();
            TruncateLog();
        }
        catch
        {
            Close();
            throw;
        }

        _maintenance = time.CreateTimer(static state => ((SqliteStore)state!).MaintainUnlessBusy(), this, _maintenanceInterval, _maintenanceInterval);
    }

    /// <summary>Opens a folder, which is made when it is absent.</summary>
    /// <exception cref="FaceAspireException"><c>service_unavailable</c>: another process has it, it cannot be read or written, or it is of a newer version.</exception>
    public static SqliteStore Open(string folder, ILogger logger, TimeProvider time)
    {
        FolderLock? folderLock = null;
        try
        {
            folderLock = FolderLock.Take(folder);
            return new(folderLock, folder, logger, time);
        }
        catch (Exception exception)
        {
            folderLock?.Dispose();
            if (IsFailureOfStorage(exception))
            {
                throw Unavailable(exception);
            }

            throw;
        }
    }

    /// <summary>Reads one state of the database.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await EnterAsync(_reading, cancellationToken);
        SqliteSession? session = null;
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            session = _readers.TryTake(out var idle) ? idle : SqliteSession.OpenReader(_databasePath);
            return session.InTransaction("BEGIN", () => work(session));
        }
        catch (Exception exception) when (IsFailureOfStorage(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            if (session is not null)
            {
                _readers.Add(session);
            }

            _reading.Release();
        }
    }

    /// <summary>Makes a change, all or nothing; on the disk and part of every search when the task ends.</summary>
    public async Task<T> WriteAsync<T>(Func<GalleryChange, T> work, CancellationToken cancellationToken)
    {
        await EnterAsync(_writing, cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            GalleryChange change = new(_writer, _time.GetUtcNow().ToUnixTimeMilliseconds());
            T result = _writer.InTransaction(
                "BEGIN IMMEDIATE",
                () =>
                {
                    T made = work(change);
                    change.Finish();
                    return made;
                });
            Apply(change);
            return result;
        }
        catch (Exception exception) when (IsFailureOfStorage(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Searches the index of a space.</summary>
    /// <typeparam name="T">What comes of the hits.</typeparam>
    /// <param name="space">The space's row in the database.</param>
    /// <param name="probes">Vectors of its dimension.</param>
    /// <param name="search">What is wanted.</param>
    /// <param name="read">Reads the faces of hits; null when the database has changed since the search, so that it must be made again.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>Null when the space is gone.</returns>
    public async Task<T?> SearchAsync<T>(
        long space, IReadOnlyList<Embedding> probes, VectorSearch search, Func<SqliteSession, IReadOnlyList<IReadOnlyList<VectorHit>>, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        int surprises = 0;
        for (int repairs = 0; ;)
        {
            if (!_indexes.TryGetValue(space, out var index))
            {
                return null;
            }

            try
            {
                if (index.Search(probes, search, cancellationToken) is not { } hits)
                {
                    await UnderWriteLockAsync(() => RebuildIfBroken(index), cancellationToken);
                    continue;
                }

                // After some surprises the search has the galleries to itself, so that it ends however busy the writers are.
                T? result = surprises < MaxSurprises
                    ? await ReadAsync(session => read(session, hits), cancellationToken)
                    : await UnderWriteLockAsync(() => index.Search(probes, search, cancellationToken) is { } calm ? read(_writer, calm) : null, cancellationToken);
                if (result is not null)
                {
                    return result;
                }

                if (surprises++ == MaxSurprises)
                {
                    // Nobody writes, and still the index has what the database does not: it is made again.
                    index.IsBroken = true;
                }
                else if (surprises > MaxSurprises)
                {
                    throw new FaceAspireException(ErrorCode.ServiceUnavailable, "The gallery's index does not match its database.");
                }
            }
            catch (DamagedRowException damage)
            {
                bool isHopeless = ++repairs > MaxRepairs;
                await UnderWriteLockAsync(() => Repair(index, damage.Row, isHopeless), cancellationToken);
                if (repairs > 2 * MaxRepairs)
                {
                    throw Unavailable(damage);
                }
            }
        }
    }

    /// <summary>What is due now and then: indexes to the disk, emptied rows out of their files, the log emptied where a reader was in the way.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        while (await UnderWriteLockAsync(Maintain, cancellationToken))
        {
            // In pieces, between which others may write.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writing.Wait();
        for (int i = 0; i < MaxReaders; i++)
        {
            _reading.Wait();
        }

        try
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _maintenance.Dispose();
                try
                {
                    foreach (var index in _indexes.Values)
                    {
                        CheckpointIfPending(index);
                    }

                    TruncateLog();
                }
                catch (Exception exception) when (IsFailureOfStorage(exception))
                {
                    LogMaintenanceFailed(exception); // made up for by the next process
                }

                Close();
                _folderLock.Dispose();
            }
        }
        finally
        {
            // Whoever waits hears that the store is closed.
            _reading.Release(MaxReaders);
            _writing.Release();
        }
    }

    private static bool IsFailureOfStorage(Exception exception) => exception is SqliteException or IOException or UnauthorizedAccessException or InvalidDataException;

    private static FaceAspireException Unavailable(Exception cause) =>
        new(ErrorCode.ServiceUnavailable, "The galleries' storage cannot be used now. The log says why.", cause);

    private async Task EnterAsync(SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        if (gate.Wait(0, cancellationToken))
        {
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting || !await gate.WaitAsync(_waitLimit, cancellationToken))
            {
                throw new FaceAspireException(ErrorCode.ServiceUnavailable, "The galleries are busy.") { RetryAfter = TimeSpan.FromSeconds(1) };
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<T> UnderWriteLockAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await EnterAsync(_writing, cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return work();
        }
        catch (Exception exception) when (IsFailureOfStorage(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    private Task<bool> UnderWriteLockAsync(Action work, CancellationToken cancellationToken) => UnderWriteLockAsync(
        () =>
        {
            work();
            return true;
        },
        cancellationToken);

    /// <summary>Tells the indexes of a change that is on the disk. Nothing fails it any more: what cannot be done now is left to the maintenance.</summary>
    private void Apply(GalleryChange change)
    {
        foreach (var (id, segment) in change.Dropped)
        {
            Drop(id, segment);
        }

        _logHoldsErased |= change.Erases || change.ErasesSoon;

        foreach (var space in change.Spaces)
        {
            if (!change.Dropped.Any(dropped => dropped.Id == space.Id))
            {
                Follow(space, [.. change.Edits.Where(edit => edit.Space == space.Id)], change.MovesRows);
            }
        }

        if (change.Erases)
        {
            foreach (var space in change.Spaces)
            {
                if (_indexes.TryGetValue(space.Id, out var index))
                {
                    OrBroken(index, () => CheckpointIfPending(index));
                }
            }
        }

        if (change.Erases || new FileInfo(_databasePath + "-wal") is { Exists: true, Length: > LargestLog })
        {
            try
            {
                TruncateLog();
            }
            catch (Exception exception) when (IsFailureOfStorage(exception))
            {
                LogMaintenanceFailed(exception);
            }
        }
    }

    private void OrBroken(SpaceIndex index, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (IsFailureOfStorage(exception))
        {
            // The next search makes the index again, or fails.
            LogIndexBroken(exception, index.Space);
            index.IsBroken = true;
        }
    }

    private void Follow(ChangedSpace space, List<RowEdit> edits, bool atOnce)
    {
        // A space that this change began has no index yet.
        var index = _indexes.GetOrAdd(space.Id, id => new(id, space.Dimension) { IsBroken = true });
        OrBroken(
            index,
            () =>
            {
                if (index.IsBroken)
                {
                    Rebuild(index, space.Segment);
                    return;
                }

                if (atOnce)
                {
                    index.BetweenSearches(() => edits.ForEach(edit => Apply(index.Index, edit)));
                }
                else
                {
                    edits.ForEach(edit => Apply(index.Index, edit));
                }

                (index.Change, index.Pending) = (space.Change, index.Pending + edits.Count);
                if (index.Pending >= RowsBetweenCheckpoints)
                {
                    Checkpoint(index);
                }
            });
    }

    private static void Apply(VectorIndex index, RowEdit edit)
    {
        switch (edit.Kind)
        {
            case RowEditKind.Write:
                index.Write(edit.Row, edit.Face, edit.Subject, edit.Vector.Span);
                break;
            case RowEditKind.Assign:
                index.Assign(edit.Row, edit.Subject);
                break;
            default:
                index.Remove(edit.Row);
                break;
        }
    }

    private void Drop(long space, string segment)
    {
        if (_indexes.TryRemove(space, out var index))
        {
            index.Dispose();
        }

        DeleteOrLeave(segment);
    }

    private void DeleteOrLeave(string segment)
    {
        try
        {
            File.Delete(Path.Combine(_segmentFolder, segment));
            _leftFiles.Remove(segment);
        }
        catch (Exception exception) when (IsFailureOfStorage(exception))
        {
            _leftFiles.Add(segment);
            LogMaintenanceFailed(exception);
        }
    }

    private void OpenIndexes()
    {
        var spaces = _writer.Query(
            "SELECT id, dimension, segment, change, faces FROM spaces",
            static row => (Id: row.GetInt64(0), Dimension: row.GetInt32(1), Segment: row.GetString(2), Change: row.GetInt64(3), Faces: row.GetInt32(4)));

        // Left over from a compaction, or from a space that was dropped when the process died.
        HashSet<string> known = [.. spaces.Select(static space => space.Segment)];
        foreach (string file in Directory.EnumerateFiles(_segmentFolder))
        {
            if (!known.Contains(Path.GetFileName(file)))
            {
                File.Delete(file);
            }
        }

        foreach (var space in spaces)
        {
            SpaceIndex index = new(space.Id, space.Dimension);
            _indexes[space.Id] = index;
            if (VectorIndex.TryOpen(Path.Combine(_segmentFolder, space.Segment), space.Dimension) is { } opened)
            {
                index.Replace(() => opened, isWhole: true); // so far as it goes; there are no searches yet
                if (TryCatchUp(index, space.Change, space.Faces))
                {
                    continue;
                }
            }

            Rebuild(index, space.Segment);
        }
    }

    /// <summary>Makes up for the changes that an index lacks; false when it cannot be one of this database.</summary>
    private bool TryCatchUp(SpaceIndex index, long change, int faces)
    {
        long since = index.Index.CheckpointedChange;
        if (since > change)
        {
            return false;
        }

        ReadRows(
            index,
            "SELECT e.row, e.face, f.subject, e.vector FROM embeddings e JOIN faces f ON f.id = e.face WHERE e.space = $space AND e.change > $change",
            ("$space", index.Space),
            ("$change", since));
        var removed = _writer.Query(
            "SELECT row FROM removed_rows WHERE space = $space AND change > $change",
            static row => row.GetInt32(0),
            ("$space", index.Space),
            ("$change", since));
        foreach (int row in removed)
        {
            index.Index.Remove(row);
            index.Pending++;
        }

        if (index.Index.DamagedRows is { Count: > 0 } damaged)
        {
            LogRowsDamaged(index.Space, damaged.Count);
            foreach (int row in damaged)
            {
                WriteAgain(index, row);
            }
        }

        if (index.Index.Count != faces)
        {
            return false;
        }

        index.Change = change;
        CheckpointIfPending(index);
        return true;
    }

    /// <summary>Writes rows of the database into an index.</summary>
    private void ReadRows(SpaceIndex index, string sql, params ReadOnlySpan<(string Name, object? Value)> values) => _writer.ForEach(
        sql,
        row =>
        {
            index.Index.Write(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), VectorBytes.Read(row.GetFieldValue<byte[]>(3), index.Dimension));
            index.Pending++;
        },
        values);

    private void WriteAgain(SpaceIndex index, int row)
    {
        int before = index.Pending;
        ReadRows(
            index,
            "SELECT e.row, e.face, f.subject, e.vector FROM embeddings e JOIN faces f ON f.id = e.face WHERE e.space = $space AND e.row = $row",
            ("$space", index.Space),
            ("$row", row));
        if (index.Pending == before)
        {
            index.Index.Remove(row);
            index.Pending++;
        }
    }

    private void Repair(SpaceIndex index, int row, bool isHopeless)
    {
        if (isHopeless)
        {
            Rebuild(index, SegmentOf(index));
        }
        else
        {
            LogRowsDamaged(index.Space, 1);
            WriteAgain(index, row);
        }
    }

    private void RebuildIfBroken(SpaceIndex index)
    {
        if (index.IsBroken && _indexes.ContainsKey(index.Space))
        {
            Rebuild(index, SegmentOf(index));
        }
    }

    private string SegmentOf(SpaceIndex index) =>
        _writer.Query("SELECT segment FROM spaces WHERE id = $space", static row => row.GetString(0), ("$space", index.Space))[0];

    /// <summary>Makes an index of what the database has.</summary>
    private void Rebuild(SpaceIndex index, string segment)
    {
        index.Replace(() => VectorIndex.Create(Path.Combine(_segmentFolder, segment), index.Dimension), isWhole: false);
        ReadRows(
            index,
            "SELECT e.row, e.face, f.subject, e.vector FROM embeddings e JOIN faces f ON f.id = e.face WHERE e.space = $space ORDER BY e.row",
            ("$space", index.Space));
        index.Change = _writer.Number("SELECT change FROM spaces WHERE id = $space", ("$space", index.Space))!.Value;
        Checkpoint(index);
        index.IsBroken = false;
        LogRebuilt(index.Space, index.Index.Count);
    }

    private void CheckpointIfPending(SpaceIndex index)
    {
        if (index is { Pending: > 0, IsBroken: false })
        {
            Checkpoint(index);
        }
    }

    private void Checkpoint(SpaceIndex index)
    {
        index.Index.Checkpoint(index.Change);
        index.Pending = 0;
        _writer.Execute("DELETE FROM removed_rows WHERE space = $space AND change <= $change", ("$space", index.Space), ("$change", index.Change));
    }

    /// <summary>Brings the log into the database, erases what its pages do not use, and empties the log's file: what was deleted stands in it as it was before.</summary>
    /// <remarks>In this order, so that the log still names the pages to the next process when this one dies in between.</remarks>
    private void TruncateLog()
    {
        _logHoldsErased = true;
        _eraser.NoteLog();
        if (Checkpoint("PRAGMA wal_checkpoint(FULL)"))
        {
            _eraser.Erase();
            _writer.Execute("PRAGMA shrink_memory"); // pages as they were before
            _logHoldsErased = !Checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /// <summary>Whether all of the log is in the database: a reader may still need the state before.</summary>
    private bool Checkpoint(string pragma) => _writer.Query(pragma, static row => row.GetInt64(0) == 0 && row.GetInt64(1) == row.GetInt64(2))[0];

    private void MaintainUnlessBusy()
    {
        bool isMoreDue = true;
        while (isMoreDue && _writing.Wait(0)) // where somebody writes, the next time will do
        {
            try
            {
                isMoreDue = !_isDisposed && Maintain();
            }
            catch (Exception exception) when (IsFailureOfStorage(exception))
            {
                isMoreDue = false;
                LogMaintenanceFailed(exception);
            }
            finally
            {
                _writing.Release();
            }
        }
    }

    /// <summary>Does a part of what is due; whether there is more.</summary>
    private bool Maintain()
    {
        bool isMoreDue = false;
        foreach (string file in _leftFiles.ToList())
        {
            DeleteOrLeave(file);
        }

        foreach (var index in _indexes.Values)
        {
            CheckpointIfPending(index);
            if (!index.IsBroken && index.Index.Rows - index.Index.Count is var empty && empty > LeastEmptyRows && empty > index.Index.Count)
            {
                try
                {
                    isMoreDue |= !TryCompact(index);
                }
                catch (DamagedRowException damage)
                {
                    Repair(index, damage.Row, isHopeless: false); // compacted the next time
                }
            }
        }

        if (_logHoldsErased)
        {
            TruncateLog();
        }

        return isMoreDue;
    }

    /// <summary>Fills some of the gaps between rows with the last rows; when there are none left, leaves what is behind them to a file that goes. False when there is more.</summary>
    private bool TryCompact(SpaceIndex index)
    {
        var moves = index.Index.Gaps(RowsMovedTogether);
        if (moves.Count > 0)
        {
            GalleryChange change = new(_writer, _time.GetUtcNow().ToUnixTimeMilliseconds());
            _writer.InTransaction(
                "BEGIN IMMEDIATE",
                () =>
                {
                    var space = change.Space(index.Space);
                    foreach (var (from, to) in moves)
                    {
                        change.Move(space, from, to);
                    }

                    change.Finish();
                    return true;
                });
            Apply(change);
            return false;
        }

        string before = SegmentOf(index);
        string after = GalleryChange.SegmentName(Guid.NewGuid());
        int rows = 0;
        VectorIndex? compacted = null;
        try
        {
            compacted = index.Index.Compact(Path.Combine(_segmentFolder, after), (_, _) => rows++); // each where it was
            compacted.Checkpoint(index.Change);
            _writer.InTransaction(
                "BEGIN IMMEDIATE",
                () =>
                {
                    _writer.Execute("UPDATE spaces SET segment = $segment, next_row = $rows WHERE id = $space", ("$segment", after), ("$rows", rows), ("$space", index.Space));
                    return _writer.Execute("DELETE FROM removed_rows WHERE space = $space", ("$space", index.Space));
                });
        }
        catch
        {
            compacted?.Dispose();
            File.Delete(Path.Combine(_segmentFolder, after));
            throw;
        }

        index.Replace(() => compacted, isWhole: true);
        DeleteOrLeave(before);
        _logHoldsErased = true; // and is long
        LogCompacted(index.Space, rows);
        return true;
    }

    private void Close()
    {
        foreach (var index in _indexes.Values)
        {
            index.Dispose();
        }

        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        _writer.Dispose();
        _eraser.Dispose();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Index of space {Space} made from the database: {Faces} faces")]
    private partial void LogRebuilt(long space, int faces);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Index of space {Space}: damaged rows, {Rows}, are written again")]
    private partial void LogRowsDamaged(long space, int rows);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Index of space {Space} cannot be written; it is made again before it is searched")]
    private partial void LogIndexBroken(Exception exception, long space);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Index of space {Space} compacted to {Faces} faces")]
    private partial void LogCompacted(long space, int faces);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "Galleries: indexes or log could not be brought to the disk; tried again later")]
    private partial void LogMaintenanceFailed(Exception exception);
}
