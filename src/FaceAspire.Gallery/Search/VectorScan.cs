using System.Buffers;
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
    private int _nextChunk = -1;

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
        _least = [.. _bounds.Select(bound => bound.LeastScoreOfRounded(search.MaxDistance))];
    }

    /// <summary>Makes the pass.</summary>
    public IReadOnlyList<IReadOnlyList<VectorHit>> Run(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int chunks = (_rows + _layout.RowsPerChunk - 1) / _layout.RowsPerChunk;
        int threads = (long)_rows * _layout.Stride * _probes.Length < ParallelBytes ? 1 : Math.Min(Environment.ProcessorCount, chunks);
        var found = new NearestRows[threads][];
        if (threads == 1)
        {
            found[0] = Work(chunks, null, cancellationToken);
        }
        else
        {
            RunParallel(found, chunks, cancellationToken);
        }

        return [.. Enumerable.Range(0, _probes.Length).Select(probe => Merge(found, probe))];
    }

    private void RunParallel(NearestRows[][] found, int chunks, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, found.Length, (thread, state) => found[thread] = Work(chunks, state, cancellationToken));
        }
        catch (AggregateException failures)
        {
            // One is enough, as without threads.
            ExceptionDispatchInfo.Throw(failures.Flatten().InnerExceptions[0]);
        }
    }

    private NearestRows[] Work(int chunks, ParallelLoopState? state, CancellationToken cancellationToken)
    {
        int wanted = Math.Min(_search.TopK, Math.Max(_rows, 1));
        var nearest = new NearestRows[_probes.Length];
        for (int probe = 0; probe < nearest.Length; probe++)
        {
            nearest[probe] = new(wanted);
        }

        float[] vector = ArrayPool<float>.Shared.Rent(_layout.Dimension);
        try
        {
            for (int chunk = Interlocked.Increment(ref _nextChunk); chunk < chunks && state is not { IsExceptional: true }; chunk = Interlocked.Increment(ref _nextChunk))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var gate = _chunks[chunk].Gate;
                gate.EnterReadLock();
                try
                {
                    Scan(chunk, nearest, vector.AsSpan(0, _layout.Dimension));
                }
                finally
                {
                    gate.ExitReadLock();
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(vector);
        }

        return nearest;
    }

    private unsafe void Scan(int index, NearestRows[] nearest, Span<float> vector)
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
                _kernel.Multiply(chunk.Codes + ((long)start * _layout.Stride), _layout.Stride, count, _probes[probe].High, block);
                ulong passing = _bounds[probe].Passing(
                    block, chunk.Scales.Slice(start, count), chunk.Residuals.Slice(start, count), chunk.Norms.Slice(start, count), Volatile.Read(ref _least[probe]));
                for (; passing != 0; passing &= passing - 1)
                {
                    int at = BitOperations.TrailingZeroCount(passing);
                    Meet(probe, chunk, firstRow, start + at, block[at], nearest[probe], vector);
                }
            }
        }
    }

    private unsafe void Meet(int probe, VectorChunk chunk, int firstRow, int row, int highProduct, NearestRows nearest, Span<float> vector)
    {
        if (!chunk.IsLive(row))
        {
            return;
        }

        Span<int> lowProduct = [0];
        _kernel.Multiply(chunk.Codes + ((long)row * _layout.Stride), _layout.Stride, 1, _probes[probe].Low, lowProduct);
        double score = _bounds[probe].Fine(highProduct, lowProduct[0], chunk.Scales[row], chunk.Residuals[row], chunk.Norms[row]);
        var (face, subject) = (chunk.Faces[row], chunk.Subjects[row]);
        if (score < Volatile.Read(ref _least[probe]) || _search.IsWanted?.Invoke(face, subject) == false)
        {
            return;
        }

        chunk.ReadVector(row, vector);
        double distance = EmbeddingDistance.Unrounded(_probes[probe].Probe.Values.Span, vector, _search.Metric);
        if (EmbeddingDistance.Round(distance) <= _search.MaxDistance && nearest.Add(new(distance, face, firstRow + row, subject)) && nearest.IsFull)
        {
            Raise(ref _least[probe], _bounds[probe].LeastScore(nearest.Farthest));
        }
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

    private VectorHit[] Merge(NearestRows[][] found, int probe)
    {
        List<NearestRows.Entry> entries = [];
        foreach (var ofThread in found)
        {
            entries.AddRange(ofThread[probe].Entries);
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
