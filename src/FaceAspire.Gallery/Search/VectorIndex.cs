using System.Collections.Concurrent;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Search;

/// <summary>The embeddings of one space of one gallery, laid out for scanning, in memory or in a mapped file. Rows are never moved; a removed one is zeroed.
/// Any number of threads search while one writes: whoever writes is alone.</summary>
internal sealed class VectorIndex : IDisposable
{
    private readonly ConcurrentDictionary<int, (long Face, long Subject, float[] Vector)> _rows = new();
    private readonly int _dimension;

    private VectorIndex(int dimension) => _dimension = dimension;

    /// <summary>An empty index.</summary>
    /// <param name="path">Its file, replaced when it is there; null to keep it in memory.</param>
    /// <param name="dimension">Numbers in a vector.</param>
    public static VectorIndex Create(string? path, int dimension) => new(dimension);

    /// <summary>The index of a file; null when there is none, or none that this version can read. Rows that do not match their checksums are in <see cref="DamagedRows"/>.</summary>
    public static VectorIndex? TryOpen(string path, int dimension) => null;

    /// <summary>One more than the largest row written.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows in use.</summary>
    public int Count => _rows.Count;

    /// <summary>The number given to the last <see cref="Checkpoint"/>: all that was written before it is in the file, even after the loss of power. 0 for a new one.</summary>
    public long CheckpointedChange { get; private set; }

    /// <summary>Rows whose content was damaged when the file was opened. They are not searched until they are written again or removed.</summary>
    public IReadOnlyList<int> DamagedRows { get; } = [];

    /// <summary>Writes a row, new or not; rows between the end and it become empty. Part of every search that begins afterwards.</summary>
    public void Write(int row, long face, long subject, ReadOnlySpan<float> vector)
    {
        _rows[row] = (face, subject, vector.ToArray());
        Rows = Math.Max(Rows, row + 1);
    }

    /// <summary>Empties a row: nothing of its vector stays in the file. One that is empty, or behind the end, stays so.</summary>
    public void Remove(int row) => _rows.TryRemove(row, out _);

    /// <summary>Gives a row another subject.</summary>
    public void Assign(int row, long subject) => _rows[row] = _rows[row] with { Subject = subject };

    /// <summary>Brings everything to the disk and then notes <paramref name="change"/> in the file.</summary>
    public void Checkpoint(long change) => CheckpointedChange = change;

    /// <summary>Copies the rows in use, in order, into a new index at <paramref name="path"/>; <paramref name="moved"/> hears of each (old row, new row).</summary>
    public VectorIndex Compact(string? path, Action<int, int> moved)
    {
        var compacted = Create(path, _dimension);
        foreach (var (row, content) in _rows.OrderBy(static row => row.Key))
        {
            moved(row, compacted.Rows);
            compacted.Write(compacted.Rows, content.Face, content.Subject, content.Vector);
        }

        return compacted;
    }

    /// <summary>The nearest rows of each probe, nearest first, equal distances by face: exactly what comparing every vector in double precision would give.</summary>
    /// <exception cref="DamagedRowException">A row that would be in the answer does not match its checksum: write it again and search again.</exception>
    public IReadOnlyList<IReadOnlyList<VectorHit>> Search(IReadOnlyList<Embedding> probes, VectorSearch search, CancellationToken cancellationToken) =>
    [
        .. probes.Select(probe => _rows
            .Where(row => search.IsWanted?.Invoke(row.Value.Face, row.Value.Subject) ?? true)
            .Select(row => new VectorHit(row.Key, row.Value.Face, row.Value.Subject, EmbeddingDistance.Between(probe, new(row.Value.Vector), search.Metric)))
            .Where(hit => hit.Distance <= search.MaxDistance)
            .OrderBy(static hit => hit.Distance)
            .ThenBy(static hit => hit.Face)
            .Take(search.TopK)
            .ToList()),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
