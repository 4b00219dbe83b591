using System.IO.MemoryMappedFiles;
using FaceAspire.Vision.Recognition;
using Microsoft.Win32.SafeHandles;

namespace FaceAspire.Gallery.Search;

/// <summary>The embeddings of one space of one gallery, laid out for scanning, in memory or in a mapped file. Rows are never moved; a removed one is zeroed.
/// Any number of threads search while one writes: whoever writes is alone.</summary>
/// <remarks>A search meets each row as it is at some moment of the search; a change that ended before the search began is part of it. The file is not shared: a second
/// process must not write to it, nor cut it.</remarks>
internal sealed class VectorIndex : IDisposable
{
    private readonly SegmentLayout _layout;
    private readonly SafeFileHandle? _file;

    // Only whoever writes uses them.
    private readonly byte[] _codes;
    private readonly double[] _unit;
    private readonly double[] _scratch;
    private long _sequence;

    // Only ever replaced by a longer one, before the rows in the new chunks are counted.
    private VectorChunk[] _chunks;
    private int _rows;
    private int _count;

    // The owner's, and one for each call that is under way: the last to leave frees the memory.
    private int _leases = 1;
    private int _isDisposed;

    private VectorIndex(SegmentLayout layout, SafeFileHandle? file, SegmentHeader header, VectorChunk[] chunks)
    {
        _layout = layout;
        _file = file;
        _codes = new byte[layout.Dimension];
        _unit = new double[layout.Dimension];
        _scratch = new double[layout.Dimension];
        _sequence = header.Sequence;
        _chunks = chunks;
        CheckpointedChange = header.Change;
    }

    /// <summary>An empty index.</summary>
    /// <param name="path">Its file, replaced when it is there; null to keep it in memory.</param>
    /// <param name="dimension">Numbers in a vector.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static VectorIndex Create(string? path, int dimension)
    {
        SegmentLayout layout = new(dimension);
        SegmentHeader header = new(Sequence: 0, dimension, Rows: 0, Change: 0);
        if (path is null)
        {
            return new(layout, file: null, header, []);
        }

        // Deleted, not cut: who still maps the old file keeps it.
        File.Delete(path);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            header.Write(file);
            return new(layout, file, header, []);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The index of a file; null when there is none, or none that this version can read. Rows that do not match their checksums are in <see cref="DamagedRows"/>.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static VectorIndex? TryOpen(string path, int dimension)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        SegmentLayout layout = new(dimension);
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        VectorIndex? index = null;
        try
        {
            if (SegmentHeader.TryRead(file) is not { } header || header.Dimension != dimension)
            {
                return null;
            }

            // A chunk that is not whole was being added, unless rows are missing with it.
            long chunks = Math.Max(0, RandomAccess.GetLength(file) - SegmentLayout.HeaderSize) / layout.ChunkSize;
            if (chunks * layout.RowsPerChunk < header.Rows || chunks * layout.RowsPerChunk > int.MaxValue)
            {
                return null;
            }

            index = new(layout, file, header, MapAll(layout, file, (int)chunks));
            index.Verify(header.Rows);
            return index;
        }
        finally
        {
            if (index is null)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>One more than the largest row written.</summary>
    public int Rows => Volatile.Read(ref _rows);

    /// <summary>Rows in use.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The number given to the last <see cref="Checkpoint"/>: all that was written before it is in the file, even after the loss of power. 0 for a new one.</summary>
    public long CheckpointedChange { get; private set; }

    /// <summary>Rows whose content was damaged when the file was opened, in order. They are not searched until they are written again or removed.</summary>
    public IReadOnlyList<int> DamagedRows { get; private set; } = [];

    /// <summary>Bytes of memory that a search of all rows goes through.</summary>
    public long ScanBytes => (long)Volatile.Read(ref _chunks).Length * _layout.ScanSize;

    /// <summary>Bytes of memory, or of its file, that it takes.</summary>
    public long Bytes => (long)Volatile.Read(ref _chunks).Length * _layout.ChunkSize;

    /// <summary>Bytes that some rows take.</summary>
    public static long BytesOf(int rows, int dimension) => new SegmentLayout(dimension) is var layout ? ((long)rows + layout.RowsPerChunk - 1) / layout.RowsPerChunk * layout.ChunkSize : 0;

    /// <summary>Writes a row, new or not; rows between the end and it become empty. Part of every search that begins afterwards.</summary>
    /// <exception cref="ArgumentException">The vector has another dimension, or a number that is not finite.</exception>
    /// <exception cref="IOException">The disk is full or fails; the row may be damaged then.</exception>
    public void Write(int row, long face, long subject, ReadOnlySpan<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfEqual(row, int.MaxValue);
        if (vector.Length != _layout.Dimension)
        {
            throw new ArgumentException($"The index holds vectors of {_layout.Dimension} numbers, not of {vector.Length}.", nameof(vector));
        }

        foreach (float value in vector)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException("A vector holds finite numbers only.", nameof(vector));
            }
        }

        var code = RowCode.Encode(vector, _codes, _unit, _scratch);
        using var lease = Enter();
        for (int empty = _rows; empty < row; empty++)
        {
            var (gap, gapRow) = ChunkOf(empty);
            gap.Clear(gapRow);
        }

        var (chunk, at) = ChunkOf(row);
        bool isKnown = row < _rows;
        bool wasLive = isKnown && chunk.IsLive(at);
        if (isKnown)
        {
            chunk.Gate.EnterWriteLock();
        }

        try
        {
            chunk.Put(at, face, subject, code, _codes, vector);
        }
        finally
        {
            if (isKnown)
            {
                chunk.Gate.ExitWriteLock();
            }
        }

        Volatile.Write(ref _count, wasLive ? _count : _count + 1);
        Volatile.Write(ref _rows, Math.Max(_rows, row + 1));
    }

    /// <summary>Empties a row: nothing of its vector stays in the file. One that is empty, or behind the end, stays so.</summary>
    public void Remove(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        using var lease = Enter();
        if (row >= _rows)
        {
            return;
        }

        var (chunk, at) = ChunkOf(row);
        bool wasLive = chunk.IsLive(at);
        chunk.Gate.EnterWriteLock();
        try
        {
            // Zeroed even when it is empty: the crash that ended an earlier removal may have kept a part of it from the disk.
            chunk.Clear(at);
        }
        finally
        {
            chunk.Gate.ExitWriteLock();
        }

        Volatile.Write(ref _count, wasLive ? _count - 1 : _count);
    }

    /// <summary>Gives a row another subject; one that is not in use stays as it is.</summary>
    public void Assign(int row, long subject)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        using var lease = Enter();
        if (row >= _rows)
        {
            return;
        }

        var (chunk, at) = ChunkOf(row);
        if (chunk.IsLive(at))
        {
            chunk.Gate.EnterWriteLock();
            try
            {
                chunk.Assign(at, subject);
            }
            finally
            {
                chunk.Gate.ExitWriteLock();
            }
        }
    }

    /// <summary>Brings everything to the disk and then notes <paramref name="change"/> in the file.</summary>
    public void Checkpoint(long change)
    {
        using var lease = Enter();
        if (_file is not null)
        {
            foreach (var chunk in _chunks)
            {
                if (chunk.IsDirty)
                {
                    chunk.Flush();
                }
            }

            RandomAccess.FlushToDisk(_file);
            new SegmentHeader(++_sequence, _layout.Dimension, _rows, change).Write(_file);
            RandomAccess.FlushToDisk(_file);
        }

        CheckpointedChange = change;
    }

    /// <summary>Rows in use behind where they would end without gaps, the last first, each with an empty row to take its place; only whoever writes may ask.</summary>
    /// <param name="limit">Most pairs.</param>
    public List<(int From, int To)> Gaps(int limit)
    {
        using var lease = Enter();
        List<(int From, int To)> gaps = [];
        for (int from = _rows - 1, to = 0; gaps.Count < limit; from--, to++)
        {
            while (from >= _count && !IsLive(from))
            {
                from--;
            }

            while (to < _count && IsLive(to))
            {
                to++;
            }

            if (from < _count || to >= _count)
            {
                break;
            }

            gaps.Add((from, to));
        }

        return gaps;

        bool IsLive(int row) => _chunks[row / _layout.RowsPerChunk].IsLive(row % _layout.RowsPerChunk);
    }

    /// <summary>Copies the rows in use, in order, into a new index at <paramref name="path"/>; <paramref name="moved"/> hears of each (old row, new row).</summary>
    /// <exception cref="DamagedRowException">A vector does not match its checksum; what was made at the path is to be deleted.</exception>
    public VectorIndex Compact(string? path, Action<int, int> moved)
    {
        using var lease = Enter();
        var compact = Create(path, _layout.Dimension);
        try
        {
            float[] vector = new float[_layout.Dimension];
            for (int row = 0, next = 0; row < _rows; row++)
            {
                var (chunk, at) = ChunkOf(row);
                if (chunk.IsLive(at))
                {
                    chunk.ReadVector(at, vector);
                    compact.Write(next, chunk.Faces[at], chunk.Subjects[at], vector);
                    moved(row, next++);
                }
            }

            return compact;
        }
        catch
        {
            compact.Dispose();
            throw;
        }
    }

    /// <summary>The nearest rows of each probe, nearest first, equal distances by face: exactly what comparing every vector in double precision would give.</summary>
    /// <exception cref="ArgumentException">A probe has another dimension than the index.</exception>
    /// <exception cref="DamagedRowException">A row that might be in the answer does not match its checksum: write it again and search again.</exception>
    public IReadOnlyList<IReadOnlyList<VectorHit>> Search(IReadOnlyList<Embedding> probes, VectorSearch search, CancellationToken cancellationToken)
    {
        using var lease = Enter();
        int rows = Volatile.Read(ref _rows); // before the chunks: those of all these rows are there
        return new VectorScan(_layout, Volatile.Read(ref _chunks), rows, probes, search).Run(cancellationToken);
    }

    /// <summary>Closes the file. What searches under way still need goes when the last of them ends.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Leave();
        }
    }

    private static VectorChunk[] MapAll(SegmentLayout layout, SafeFileHandle file, int count)
    {
        var chunks = new VectorChunk[count];
        if (count > 0)
        {
            using var mapping = Map(file);
            for (int chunk = 0; chunk < count; chunk++)
            {
                chunks[chunk] = MappedChunk.Map(layout, chunk, file, mapping);
            }
        }

        return chunks;
    }

    private static MemoryMappedFile Map(SafeFileHandle file) =>
        MemoryMappedFile.CreateFromFile(file, mapName: null, capacity: 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);

    private void Verify(int checkpointedRows)
    {
        int perChunk = _layout.RowsPerChunk;
        var states = new VectorChunk.RowState[(long)_chunks.Length * perChunk];
        Parallel.For(0, _chunks.Length, chunk =>
        {
            for (int row = 0; row < perChunk; row++)
            {
                states[(chunk * perChunk) + row] = _chunks[chunk].Verify(row);
            }
        });

        // Rows behind the checkpoint are taken too: a process that was killed left them whole.
        _rows = Math.Max(checkpointedRows, states.AsSpan().LastIndexOfAnyExcept(VectorChunk.RowState.Blank) + 1);
        List<int> damaged = [];
        for (int row = 0; row < _rows; row++)
        {
            switch (states[row])
            {
                case VectorChunk.RowState.Live:
                    _count++;
                    break;
                case VectorChunk.RowState.Blank or VectorChunk.RowState.Damaged:
                    damaged.Add(row);
                    break;
            }
        }

        DamagedRows = damaged;
    }

    private (VectorChunk Chunk, int Row) ChunkOf(int row)
    {
        int chunk = row / _layout.RowsPerChunk;
        while (chunk >= _chunks.Length)
        {
            Volatile.Write(ref _chunks, [.. _chunks, AddChunk(_chunks.Length)]);
        }

        return (_chunks[chunk], row % _layout.RowsPerChunk);
    }

    private VectorChunk AddChunk(int chunk)
    {
        if (_file is null)
        {
            return NativeChunk.Create(_layout, chunk * _layout.RowsPerChunk);
        }

        // Written, not only made longer: a full disk is an exception here, and would be the end of the process when mapped memory is touched.
        byte[] zeros = new byte[Math.Min(_layout.ChunkSize, 1 << 20)];
        for (long done = 0; done < _layout.ChunkSize; done += zeros.Length)
        {
            RandomAccess.Write(_file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, _layout.ChunkSize - done)), _layout.ChunkOffset(chunk) + done);
        }

        using var mapping = Map(_file);
        return MappedChunk.Map(_layout, chunk, _file, mapping);
    }

    private Lease Enter()
    {
        int leases = Volatile.Read(ref _leases);
        while (true)
        {
            ObjectDisposedException.ThrowIf(leases == 0 || Volatile.Read(ref _isDisposed) != 0, this);
            int seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases)
            {
                return new(this);
            }

            leases = seen;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
        {
            foreach (var chunk in _chunks)
            {
                chunk.Dispose();
            }

            _file?.Dispose();
        }
    }

    private readonly struct Lease(VectorIndex index) : IDisposable
    {
        public void Dispose() => index.Leave();
    }
}
