namespace FaceAspire.Gallery.Search;

/// <summary>Where things are in a segment: a header, then chunks of equal size. A chunk is what is scanned (all codes, then the fields of all rows, each field an array)
/// and behind it the vectors in single precision, which are read for the few rows only that may be in the answer.</summary>
internal sealed class SegmentLayout
{
    /// <summary>Largest dimension: up to it a product of codes fits 32 bits and the error bound of <see cref="ScoreBound"/> holds.</summary>
    public const int MaxDimension = 16_384;

    /// <summary>Bytes of the header: two slots.</summary>
    public const int HeaderSize = 2 * SegmentHeader.SlotSize;

    // Half of a second level cache, and small enough that a gallery of one face is a file of a few megabytes.
    private const int TargetCodeBytes = 512 * 1024;
    private const int Page = 4096;
    private const int CacheLine = 64;

    /// <summary>Plans for vectors of <paramref name="dimension"/> numbers.</summary>
    public SegmentLayout(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, MaxDimension);
        Dimension = dimension;
        Stride = RoundUp(dimension, CacheLine);
        RowsPerChunk = 1 << int.Log2(TargetCodeBytes / Stride);
        Faces = RowsPerChunk * Stride;
        Subjects = Faces + (RowsPerChunk * sizeof(long));
        Norms = Subjects + (RowsPerChunk * sizeof(long));
        VectorChecksums = Norms + (RowsPerChunk * sizeof(double));
        Checksums = VectorChecksums + (RowsPerChunk * sizeof(ulong));
        Scales = Checksums + (RowsPerChunk * sizeof(ulong));
        Residuals = Scales + (RowsPerChunk * sizeof(float));
        ScanSize = RoundUp(Residuals + (RowsPerChunk * sizeof(float)), Page);
        VectorSize = dimension * sizeof(float);
        ChunkSize = RoundUp(ScanSize + (RowsPerChunk * VectorSize), Page);
    }

    /// <summary>Numbers in a vector.</summary>
    public int Dimension { get; }

    /// <summary>Bytes from one row's codes to the next one's: the dimension rounded up to whole cache lines.</summary>
    public int Stride { get; }

    /// <summary>Rows of a chunk, a power of two and at least 32.</summary>
    public int RowsPerChunk { get; }

    /// <summary>Offset of the faces (64 bits a row) in a chunk.</summary>
    public int Faces { get; }

    /// <summary>Offset of the subjects (64 bits).</summary>
    public int Subjects { get; }

    /// <summary>Offset of the lengths of the vectors (double precision).</summary>
    public int Norms { get; }

    /// <summary>Offset of the checksums of the vectors (64 bits).</summary>
    public int VectorChecksums { get; }

    /// <summary>Offset of the checksums of the rows (64 bits).</summary>
    public int Checksums { get; }

    /// <summary>Offset of the steps of the codes (single precision).</summary>
    public int Scales { get; }

    /// <summary>Offset of what the codes lost (single precision).</summary>
    public int Residuals { get; }

    /// <summary>Bytes of a chunk that are scanned; the vectors follow.</summary>
    public int ScanSize { get; }

    /// <summary>Bytes of a vector.</summary>
    public int VectorSize { get; }

    /// <summary>Bytes of a chunk.</summary>
    public int ChunkSize { get; }

    /// <summary>Where a chunk starts in the file.</summary>
    public long ChunkOffset(int chunk) => HeaderSize + ((long)chunk * ChunkSize);

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;
}
