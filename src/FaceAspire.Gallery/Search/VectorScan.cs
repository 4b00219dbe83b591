using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.ExceptionServices;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Search;

/// <summary>One pass over the rows of an index for all probes of a search. Codes say which rows may be in the answer, their vectors say which are.</summary>
internal sealed class VectorScan
{
    // Rows are met by all probes while they are in the first level cache.
    private const int BlockBytes = 16 * 1024;
    private const int LargestBlock = 64;

    // Below so many bytes of codes, counted for each probe, starting other threads costs more than they save.
    private const long ParallelBytes = 2 * 1024 * 1024;

    private readonly SegmentLayout _layout;
    private readonly VectorChunk[] _chunks;
    private readonly int _rows;
    private readonly VectorSearch _search;
    private readonly ProbeCode[] _probes;
    private readonly ScoreBound[] _bounds;
    private readonly ScanKernel _kernel = ScanKernel.Best;
    private readonly int _blockRows;

    // Least score that is still wanted of each probe, raised by all threads.
    private readonly double[] _least;
    private readonly double[] _certain;
    private int _nextChunk;
    private volatile bool _isOutdated;

    /// <summary>Prepares a pass over the first <paramref name="rows"/> rows.</summary>
    public VectorScan(SegmentLayout layout, VectorChunk[] chunks, int rows, IReadOnlyList<Embedding> probes, VectorSearch search)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(search.TopK, 1, nameof(search));
        foreach (var probe in probes)
        {
            if (probe.Dimension != layout.Dimension)
            {
                throw new ArgumentException($"The index holds vectors of {layout.Dimension} numbers, not of {probe.Dimension}.", nameof(probes));
            }
        }

        _layout = layout;
        _chunks = chunks;
        _rows = rows;
        _search = search;
        _blockRows = Math.Clamp(BlockBytes / layout.Stride / 4 * 4, 4, LargestBlock);
        _probes = [.. probes.Select(probe => new ProbeCode(probe, layout.Stride))];
        _bounds = [.. _probes.Select(probe => new ScoreBound(probe, search.Metric))];
        _least = new double[_probes.Length];
        _certain = [.. _bounds.Select(bound => bound.CertainScoreOfRounded(search.MaxDistance))];
    }

    /// <summary>Makes the pass.</summary>
    /// <remarks>Vectors are compared when a thread has met all its rows: by then few can still be in the answer. When one of them changed since it was met, what it kept out is
    /// unknown, and the pass is made again with the vectors compared while their chunk is held: that takes more comparisons and always ends.</remarks>
    public IReadOnlyList<IReadOnlyList<VectorHit>> Run(CancellationToken cancellationToken)
    {
        var found = Pass(isHeld: false, cancellationToken) ?? Pass(isHeld: true, cancellationToken) ?? throw new UnreachableException("A row changed while it was held.");
        return [.. Enumerable.Range(0, _probes.Length).Select(probe => Merge(found, probe))];
    }

    private Shortlist[][]? Pass(bool isHeld, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _nextChunk = -1;
        _isOutdated = false;
        for (int probe = 0; probe < _least.Length; probe++)
        {
            _least[probe] = _bounds[probe].LeastScoreOfRounded(_search.MaxDistance);
        }

        int chunks = (_rows + _layout.RowsPerChunk - 1) / _layout.RowsPerChunk;
        int threads = (long)_rows * _layout.Stride * _probes.Length < ParallelBytes ? 1 : Math.Min(Environment.ProcessorCount, chunks);
        var found = new Shortlist[threads][];
        if (threads == 1)
        {
            found[0] = Work(chunks, isHeld, null, cancellationToken);
        }
        else
        {
            try
            {
                Parallel.For(0, threads, (thread, state) => found[thread] = Work(chunks, isHeld, state, cancellationToken));
            }
            catch (AggregateException failures)
            {
                // One is enough, as without threads.
                ExceptionDispatchInfo.Throw(failures.Flatten().InnerExceptions[0]);
            }
        }

        return _isOutdated ? null : found;
    }

    private Shortlist[] Work(int chunks, bool isHeld, ParallelLoopState? state, CancellationToken cancellationToken)
    {
        int wanted = Math.Min(_search.TopK, Math.Max(_rows, 1));
        var lists = new Shortlist[_probes.Length];
        for (int probe = 0; probe < lists.Length; probe++)
        {
            lists[probe] = new(wanted);
        }

        float[] rented = ArrayPool<float>.Shared.Rent(_layout.Dimension);
        try
        {
            var vector = rented.AsSpan(0, _layout.Dimension);
            for (int chunk = Interlocked.Increment(ref _nextChunk); chunk < chunks && !_isOutdated && state is not { IsExceptional: true }; chunk = Interlocked.Increment(ref _nextChunk))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var gate = _chunks[chunk].Gate;
                gate.EnterReadLock();
                try
                {
                    Scan(chunk, lists);
                    if (isHeld)
                    {
                        Compare(lists, isHeld, vector, cancellationToken);
                    }
                }
                finally
                {
                    gate.ExitReadLock();
                }
            }

            Compare(lists, isHeld, vector, cancellationToken);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }

        return lists;
    }

    private unsafe void Scan(int index, Shortlist[] lists)
    {
        var chunk = _chunks[index];
        int firstRow = index * _layout.RowsPerChunk;
        int rows = Math.Min(_rows - firstRow, _layout.RowsPerChunk);
        Span<int> products = stackalloc int[LargestBlock];
        for (int start = 0; start < rows; start += _blockRows)
        {
            int count = Math.Min(_blockRows, rows - start);
            var block = products[..count];
            for (int probe = 0; probe < _probes.Length; probe++)
            {
                // The first probe brings the block from memory, the others find it in the cache.
                _kernel.Multiply(chunk.Codes + ((long)start * _layout.Stride), _layout.Stride, count, _probes[probe].High, block, isCached: probe > 0);
                ulong passing = _bounds[probe].Passing(
                    block, chunk.Scales.Slice(start, count), chunk.Residuals.Slice(start, count), chunk.Norms.Slice(start, count), Volatile.Read(ref _least[probe]));
                for (; passing != 0; passing &= passing - 1)
                {
                    int at = BitOperations.TrailingZeroCount(passing);
                    Meet(probe, chunk, firstRow, start + at, block[at], lists[probe]);
                }
            }
        }
    }

    private unsafe void Meet(int probe, VectorChunk chunk, int firstRow, int row, int highProduct, Shortlist list)
    {
        if (!chunk.IsLive(row))
        {
            return;
        }

        Span<int> lowProduct = [0];
        _kernel.Multiply(chunk.Codes + ((long)row * _layout.Stride), _layout.Stride, 1, _probes[probe].Low, lowProduct, isCached: true);
        var (certain, most) = _bounds[probe].Fine(highProduct, lowProduct[0], chunk.Scales[row], chunk.Residuals[row], chunk.Norms[row]);
        double least = Volatile.Read(ref _least[probe]);
        if (most >= least && _search.IsWanted?.Invoke(chunk.Faces[row], chunk.Subjects[row]) != false)
        {
            Raise(ref _least[probe], list.Add(new(most, firstRow + row, chunk.Checksums[row]), certain, certain >= _certain[probe], least));
        }
    }

    // Compares the vectors of the candidates, the most promising first, until none of the rest can be in the answer.
    private void Compare(Shortlist[] lists, bool isHeld, Span<float> vector, CancellationToken cancellationToken)
    {
        for (int probe = 0; probe < lists.Length; probe++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var list = lists[probe];
            list.Sort();
            foreach (var candidate in list.Candidates)
            {
                if (candidate.Most < Volatile.Read(ref _least[probe]) || _isOutdated)
                {
                    break;
                }

                if (!TryCompare(probe, candidate, list.Nearest, isHeld, vector))
                {
                    _isOutdated = true;
                }
            }

            list.Clear();
        }
    }

    // False when the row is no longer what it was when it was met.
    private bool TryCompare(int probe, in Shortlist.Candidate candidate, NearestRows nearest, bool isHeld, Span<float> vector)
    {
        var chunk = _chunks[candidate.Row / _layout.RowsPerChunk];
        int row = candidate.Row % _layout.RowsPerChunk;
        long face, subject;
        if (!isHeld)
        {
            chunk.Gate.EnterReadLock();
        }

        try
        {
            if (!chunk.IsLive(row) || chunk.Checksums[row] != candidate.Checksum)
            {
                return false;
            }

            chunk.ReadVector(row, vector);
            (face, subject) = (chunk.Faces[row], chunk.Subjects[row]);
        }
        finally
        {
            if (!isHeld)
            {
                chunk.Gate.ExitReadLock();
            }
        }

        double distance = EmbeddingDistance.Unrounded(_probes[probe].Probe.Values.Span, vector, _search.Metric);
        if (EmbeddingDistance.Round(distance) <= _search.MaxDistance && nearest.Add(new(distance, face, candidate.Row, subject)) && nearest.IsFull)
        {
            Raise(ref _least[probe], _bounds[probe].LeastScore(nearest.Farthest));
        }

        return true;
    }

    private static void Raise(ref double least, double score)
    {
        double seen = Volatile.Read(ref least);
        while (score > seen)
        {
            double before = Interlocked.CompareExchange(ref least, score, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private VectorHit[] Merge(Shortlist[][] found, int probe)
    {
        List<NearestRows.Entry> entries = [];
        foreach (var ofThread in found)
        {
            entries.AddRange(ofThread[probe].Nearest.Entries);
        }

        entries.Sort();
        var hits = new VectorHit[Math.Min(entries.Count, _search.TopK)];
        for (int i = 0; i < hits.Length; i++)
        {
            var (distance, face, row, subject) = entries[i];
            hits[i] = new(row, face, subject, EmbeddingDistance.Round(distance));
        }

        return hits;
    }
}
