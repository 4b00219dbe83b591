using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace FaceAspire.Gallery.Search;

/// <summary>A chunk of a file. What is scanned is mapped; vectors are read and written by calls, so that the few that a search wants neither fill the
/// process's memory with their neighbours nor end it when the disk fails.</summary>
internal sealed unsafe class MappedChunk : VectorChunk
{
    private readonly SegmentLayout _layout;
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _vectors;

    private MappedChunk(SegmentLayout layout, int firstRow, SafeFileHandle file, MemoryMappedViewAccessor view, byte* scan, long offset)
        : base(layout, firstRow, scan)
    {
        _layout = layout;
        _file = file;
        _view = view;
        _vectors = offset + layout.ScanSize;
    }

    /// <summary>Maps a chunk that is wholly inside the file: memory behind its end would end the process.</summary>
    public static MappedChunk Map(SegmentLayout layout, int chunk, SafeFileHandle file, MemoryMappedFile mapping)
    {
        long offset = layout.ChunkOffset(chunk);
        var view = mapping.CreateViewAccessor(offset, layout.ScanSize);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return new(layout, chunk * layout.RowsPerChunk, file, view, start + view.PointerOffset, offset);
    }

    /// <inheritdoc/>
    protected override bool TryReadVector(int row, Span<byte> vector)
    {
        long offset = Offset(row);
        while (vector.Length > 0)
        {
            int read = RandomAccess.Read(_file, vector, offset);
            if (read == 0)
            {
                return false;
            }

            vector = vector[read..];
            offset += read;
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void WriteVector(int row, ReadOnlySpan<byte> vector) => RandomAccess.Write(_file, vector, Offset(row));

    /// <inheritdoc/>
    protected override void ClearVector(int row)
    {
        const int Piece = 4096;
        Span<byte> zeros = stackalloc byte[Piece];
        zeros.Clear();
        for (int done = 0; done < _layout.VectorSize; done += Piece)
        {
            RandomAccess.Write(_file, zeros[..Math.Min(Piece, _layout.VectorSize - done)], Offset(row) + done);
        }
    }

    /// <inheritdoc/>
    protected override void FlushScan() => _view.Flush();

    /// <inheritdoc/>
    protected override void Free()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }

    private long Offset(int row) => _vectors + ((long)row * _layout.VectorSize);
}
