using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Search;

/// <summary>The embeddings of one space of one gallery, laid out for scanning, in memory or in a mapped file. Rows are never moved; a removed one is zeroed.
/// Any number of threads search while one writes: whoever writes is alone.</summary>
internal sealed class VectorIndex : IDisposable
{
    /// <summary>An empty index.</summary>
    /// <param name="path">Its file, replaced when it is there; null to keep it in memory.</param>
    /// <param name="dimension">Numbers in a vector.</param>
    public static VectorIndex Create(string? path, int dimension) => throw new NotImplementedException();

    /// <summary>The index of a file; null when there is none, or none that this version can read. Rows that do not match their checksums are in <see cref="DamagedRows"/>.</summary>
    public static VectorIndex? TryOpen(string path, int dimension) => throw new NotImplementedException();

    /// <summary>One more than the largest row written.</summary>
    public int Rows => throw new NotImplementedException();

    /// <summary>Rows in use.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>The number given to the last <see cref="Checkpoint"/>: all that was written before it is in the file, even after the loss of power. 0 for a new one.</summary>
    public long CheckpointedChange => throw new NotImplementedException();

    /// <summary>Rows whose content was damaged when the file was opened. They are not searched until they are written again or removed.</summary>
    public IReadOnlyList<int> DamagedRows => throw new NotImplementedException();

    /// <summary>Writes a row, new or not; rows between the end and it become empty. Part of every search that begins afterwards.</summary>
    public void Write(int row, long face, long subject, ReadOnlySpan<float> vector) => throw new NotImplementedException();

    /// <summary>Empties a row: nothing of its vector stays in the file. One that is empty, or behind the end, stays so.</summary>
    public void Remove(int row) => throw new NotImplementedException();

    /// <summary>Gives a row another subject.</summary>
    public void Assign(int row, long subject) => throw new NotImplementedException();

    /// <summary>Brings everything to the disk and then notes <paramref name="change"/> in the file.</summary>
    public void Checkpoint(long change) => throw new NotImplementedException();

    /// <summary>Copies the rows in use, in order, into a new index at <paramref name="path"/>; <paramref name="moved"/> hears of each (old row, new row).</summary>
    public VectorIndex Compact(string? path, Action<int, int> moved) => throw new NotImplementedException();

    /// <summary>The nearest rows of each probe, nearest first, equal distances by face: exactly what comparing every vector in double precision would give.</summary>
    /// <exception cref="DamagedRowException">A row that would be in the answer does not match its checksum: write it again and search again.</exception>
    public IReadOnlyList<IReadOnlyList<VectorHit>> Search(IReadOnlyList<Embedding> probes, VectorSearch search, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
