using System.Runtime.InteropServices;

namespace FaceAspire.Gallery.Search;

/// <summary>A chunk in memory outside the collected heap.</summary>
internal sealed unsafe class NativeChunk : VectorChunk
{
    private const int Alignment = 4096;

    private readonly SegmentLayout _layout;
    private byte* _memory;

    private NativeChunk(SegmentLayout layout, int firstRow, byte* memory)
        : base(layout, firstRow, memory)
    {
        _layout = layout;
        _memory = memory;
        GC.AddMemoryPressure(layout.ChunkSize);
    }

    /// <summary>Frees what nobody disposed.</summary>
    ~NativeChunk() => Free();

    /// <summary>A chunk of blank rows.</summary>
    public static NativeChunk Create(SegmentLayout layout, int firstRow)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)layout.ChunkSize, Alignment);
        NativeMemory.Clear(memory, (nuint)layout.ChunkSize);
        return new(layout, firstRow, memory);
    }

    /// <inheritdoc/>
    protected override bool TryReadVector(int row, Span<byte> vector)
    {
        Vector(row).CopyTo(vector);
        return true;
    }

    /// <inheritdoc/>
    protected override void WriteVector(int row, ReadOnlySpan<byte> vector) => vector.CopyTo(Vector(row));

    /// <inheritdoc/>
    protected override void ClearVector(int row) => Vector(row).Clear();

    /// <inheritdoc/>
    protected override void FlushScan()
    {
        // There is no file.
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        if (_memory is not null)
        {
            NativeMemory.AlignedFree(_memory);
            GC.RemoveMemoryPressure(_layout.ChunkSize);
            _memory = null;
        }
    }

    private Span<byte> Vector(int row) => new(_memory + _layout.ScanSize + ((long)row * _layout.VectorSize), _layout.VectorSize);
}
