using System.IO.MemoryMappedFiles;
using System.Runtime.Intrinsics;
using FaceAspire.Gallery.Search;

namespace FaceAspire.Benchmarks.Search;

/// <summary>Reads the codes of a segment once on all cores and adds them up, doing nothing else: what the memory allows.</summary>
internal sealed unsafe class PlainSum : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SegmentLayout _layout;
    private readonly int _rows;
    private readonly byte* _start;

    /// <summary>Maps the file once more, as the index does.</summary>
    public PlainSum(string path, SegmentLayout layout, int rows)
    {
        (_layout, _rows) = (layout, rows);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>Bytes that are read.</summary>
    public long Bytes => (long)_rows * _layout.Stride;

    /// <summary>Adds all up.</summary>
    public ulong Run()
    {
        int chunks = (_rows + _layout.RowsPerChunk - 1) / _layout.RowsPerChunk;
        int next = -1;
        ulong total = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            ulong sum = 0;
            for (int chunk = Interlocked.Increment(ref next); chunk < chunks; chunk = Interlocked.Increment(ref next))
            {
                int rows = Math.Min(_layout.RowsPerChunk, _rows - (chunk * _layout.RowsPerChunk));
                sum += Sum(_start + _layout.ChunkOffset(chunk), (long)rows * _layout.Stride);
            }

            Interlocked.Add(ref total, sum);
        });
        return total;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    // Eight bytes a lane: the least work that still needs every byte.
    private static ulong Sum(byte* bytes, long length)
    {
        Vector256<ulong> a = default, b = default, c = default, d = default;
        int width = Vector256<byte>.Count;
        for (byte* end = bytes + length; bytes < end; bytes += 4 * width)
        {
            a += Vector256.Load((ulong*)bytes);
            b += Vector256.Load((ulong*)(bytes + width));
            if (bytes + (2 * width) < end)
            {
                c += Vector256.Load((ulong*)(bytes + (2 * width)));
                d += Vector256.Load((ulong*)(bytes + (3 * width)));
            }
        }

        return Vector256.Sum((a + b) + (c + d));
    }
}
