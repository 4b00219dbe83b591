using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FaceAspire.Gallery.Search;

/// <summary>Rows of an index that share a stretch of memory. What is scanned is at an address; how vectors are kept is up to the kind of chunk.</summary>
/// <remarks>A search holds <see cref="Gate"/> for reading while it scans the chunk and reads the vectors it needs, and who changes a row that searches know holds it for
/// writing: so a row is seen before or after a change, never in between.</remarks>
internal abstract unsafe class VectorChunk(SegmentLayout layout, int firstRow, byte* scan) : IDisposable
{
    private readonly ulong[] _live = new ulong[(layout.RowsPerChunk + 63) / 64];

    /// <summary>What a row turned out to be when it was verified.</summary>
    internal enum RowState : byte
    {
        /// <summary>Never written.</summary>
        Blank,

        /// <summary>Emptied on purpose.</summary>
        Empty,

        /// <summary>In use.</summary>
        Live,

        /// <summary>None of these: not what was written.</summary>
        Damaged,
    }

    /// <summary>Held by searches for reading, by changes of known rows for writing. Waits are as short as a scan of a chunk, or a change of a row.</summary>
    public ReaderWriterLockSlim Gate { get; } = new();

    /// <summary>Codes of all rows.</summary>
    public byte* Codes => scan;

    /// <summary>Faces of all rows.</summary>
    public Span<long> Faces => new(scan + layout.Faces, layout.RowsPerChunk);

    /// <summary>Subjects of all rows.</summary>
    public Span<long> Subjects => new(scan + layout.Subjects, layout.RowsPerChunk);

    /// <summary>Lengths of all vectors.</summary>
    public Span<double> Norms => new(scan + layout.Norms, layout.RowsPerChunk);

    /// <summary>Steps of the codes of all rows.</summary>
    public Span<float> Scales => new(scan + layout.Scales, layout.RowsPerChunk);

    /// <summary>What the codes of all rows lost.</summary>
    public Span<float> Residuals => new(scan + layout.Residuals, layout.RowsPerChunk);

    /// <summary>Checksums of all rows: equal ones mean the same content.</summary>
    public Span<ulong> Checksums => new(scan + layout.Checksums, layout.RowsPerChunk);

    /// <summary>Whether something was written since <see cref="Flush"/>.</summary>
    public bool IsDirty { get; private set; }

    private Span<ulong> VectorChecksums => new(scan + layout.VectorChecksums, layout.RowsPerChunk);

    /// <summary>Whether a row is in use.</summary>
    public bool IsLive(int row) => (Volatile.Read(ref _live[row / 64]) & (1UL << row)) != 0;

    /// <summary>Writes a row.</summary>
    public void Put(int row, long face, long subject, in RowCode code, ReadOnlySpan<byte> codes, ReadOnlySpan<float> vector)
    {
        IsDirty = true;
        var bytes = MemoryMarshal.AsBytes(vector);
        WriteVector(row, bytes);
        codes.CopyTo(RowCodes(row));
        Faces[row] = face;
        Subjects[row] = subject;
        Norms[row] = code.Norm;
        Scales[row] = code.Scale;
        Residuals[row] = code.Residual;
        VectorChecksums[row] = XxHash3.HashToUInt64(bytes);
        Checksums[row] = Checksum(row, RowState.Live);
        SetLive(row, true);
    }

    /// <summary>Empties a row: zeros, and a checksum that says that this was meant.</summary>
    public void Clear(int row)
    {
        IsDirty = true;
        SetLive(row, false);
        ClearVector(row);
        RowCodes(row).Clear();
        Faces[row] = 0;
        Subjects[row] = 0;
        Norms[row] = 0;
        Scales[row] = 0;
        Residuals[row] = 0;
        VectorChecksums[row] = 0;
        Checksums[row] = Checksum(row, RowState.Empty);
    }

    /// <summary>Gives a row in use another subject.</summary>
    public void Assign(int row, long subject)
    {
        IsDirty = true;
        Subjects[row] = subject;
        Checksums[row] = Checksum(row, RowState.Live);
    }

    /// <summary>Finds out what a row is, and takes it into use when it is sound.</summary>
    public RowState Verify(int row)
    {
        var state = Checksums[row] == Checksum(row, RowState.Live) ? RowState.Live
            : Checksums[row] == Checksum(row, RowState.Empty) ? RowState.Empty
            : IsBlank(row) ? RowState.Blank
            : RowState.Damaged;
        SetLive(row, state == RowState.Live);
        return state;
    }

    /// <summary>Reads the vector of a row.</summary>
    /// <exception cref="DamagedRowException">It is not what was written.</exception>
    public void ReadVector(int row, Span<float> vector)
    {
        var bytes = MemoryMarshal.AsBytes(vector);
        if (!TryReadVector(row, bytes) || XxHash3.HashToUInt64(bytes) != VectorChecksums[row])
        {
            throw new DamagedRowException(firstRow + row);
        }
    }

    /// <summary>Hands what was written to the disk.</summary>
    public void Flush()
    {
        FlushScan();
        IsDirty = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        Gate.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads a vector as it is; false where its bytes are missing.</summary>
    protected abstract bool TryReadVector(int row, Span<byte> vector);

    /// <summary>Writes a vector.</summary>
    protected abstract void WriteVector(int row, ReadOnlySpan<byte> vector);

    /// <summary>Writes zeros in its place.</summary>
    protected abstract void ClearVector(int row);

    /// <summary>Hands what is at the address to the file.</summary>
    protected abstract void FlushScan();

    /// <summary>Gives the memory back.</summary>
    protected abstract void Free();

    private Span<byte> RowCodes(int row) => new(scan + ((long)row * layout.Stride), layout.Stride);

    // Row and state are part of it: a row at the wrong place is damaged, and so is one that zeros were written over.
    private ulong Checksum(int row, RowState state)
    {
        Span<ulong> fields =
        [
            (ulong)(firstRow + row),
            (ulong)state,
            XxHash3.HashToUInt64(RowCodes(row)),
            (ulong)Faces[row],
            (ulong)Subjects[row],
            BitConverter.DoubleToUInt64Bits(Norms[row]),
            VectorChecksums[row],
            BitConverter.SingleToUInt32Bits(Scales[row]) | ((ulong)BitConverter.SingleToUInt32Bits(Residuals[row]) << 32),
        ];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(fields));
    }

    private bool IsBlank(int row) =>
        Checksums[row] == 0 && VectorChecksums[row] == 0 && Faces[row] == 0 && Subjects[row] == 0
        && BitConverter.DoubleToUInt64Bits(Norms[row]) == 0 && BitConverter.SingleToUInt32Bits(Scales[row]) == 0 && BitConverter.SingleToUInt32Bits(Residuals[row]) == 0
        && !RowCodes(row).ContainsAnyExcept((byte)0);

    private void SetLive(int row, bool isLive)
    {
        ulong bit = 1UL << row;
        ulong word = _live[row / 64];
        Volatile.Write(ref _live[row / 64], isLive ? word | bit : word & ~bit);
    }
}
