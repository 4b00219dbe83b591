using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace FaceAspire.ModelHub.Weights.Hdf5;

/// <summary>A dataset of floating-point numbers: in one piece, or in chunks that may be deflated.</summary>
internal sealed class Hdf5Dataset
{
    private const int Deflate = 1;
    private const int Shuffle = 2;
    private const int MaxChunk = 1 << 28; // bytes
    private const int DeflateRatio = 1032; // no deflated stream is larger than that many times its bytes

    private readonly Hdf5File _file;
    private readonly string _name;
    private readonly int _elementSize;
    private readonly List<int> _filters = [];
    private readonly int[] _chunk = [];
    private readonly byte[]? _compact;
    private readonly long _address;

    /// <exception cref="InvalidDataException">It is no dataset of such numbers, or does not fit into the file.</exception>
    public Hdf5Dataset(Hdf5File file, Hdf5Object header, string name)
    {
        (_file, _name) = (file, name);
        Shape = Hdf5Message.ReadSpace(Require(header, Hdf5Message.Space));
        var type = Hdf5Type.Read(Require(header, Hdf5Message.Type));
        if (type.Kind != Hdf5Type.Element.Float)
        {
            throw new InvalidDataException($"'{name}' holds no little-endian numbers of 16, 32 or 64 bits.");
        }

        _elementSize = type.Size;
        if (header.Message(Hdf5Message.ExternalFiles) is not null)
        {
            throw new InvalidDataException($"'{name}' lies in another file, which is not read.");
        }

        if (header.Message(Hdf5Message.Filters) is { } filters)
        {
            ReadFilters(filters);
        }

        Hdf5Cursor layout = new(Require(header, Hdf5Message.Layout));
        int version = layout.Byte();
        int kind = layout.Byte();
        switch (version, kind)
        {
            case (3 or 4, 0):
                _compact = layout.Take(layout.UInt16()).ToArray();
                RequireSize(_compact.Length == ByteLength);
                break;
            case (3 or 4, 1):
                _address = layout.Int64();
                RequireSize(layout.Int64() == ByteLength && _filters.Count == 0);
                file.Require(_address, ByteLength);
                break;
            case (3, 2):
                _chunk = new int[layout.Byte() - 1];
                _address = layout.Int64();
                ReadChunkShape(layout);
                break;
            default:
                throw new InvalidDataException($"'{name}' is stored in a way that is not read (layout {kind} of version {version}).");
        }
    }

    /// <summary>Its sizes, outermost first.</summary>
    public int[] Shape { get; }

    private long ByteLength => Shape.Aggregate(1L, static (product, size) => product * size) * _elementSize;

    /// <summary>Fills a span with all its numbers.</summary>
    /// <exception cref="InvalidDataException">The file is damaged here.</exception>
    public void Read(Span<float> destination)
    {
        if (_compact is not null)
        {
            Convert(_compact, destination);
        }
        else if (_chunk.Length > 0)
        {
            ReadChunks(destination);
        }
        else if (_elementSize == sizeof(float) && BitConverter.IsLittleEndian)
        {
            _file.Read(_address, MemoryMarshal.AsBytes(destination));
        }
        else
        {
            const int Piece = 1 << 16;
            for (int start = 0; start < destination.Length; start += Piece)
            {
                int count = Math.Min(Piece, destination.Length - start);
                Convert(_file.Read(_address + ((long)start * _elementSize), count * _elementSize), destination.Slice(start, count));
            }
        }
    }

    private byte[] Require(Hdf5Object header, int message) => header.Message(message) ?? throw new InvalidDataException($"'{_name}' is no dataset of the HDF5 file.");

    private void RequireSize(bool fits)
    {
        if (!fits)
        {
            throw new InvalidDataException($"'{_name}' is stored in another size than {WeightTensor.Describe(Shape)} has.");
        }
    }

    private void ReadFilters(byte[] message)
    {
        Hdf5Cursor cursor = new(message);
        int version = cursor.Byte();
        int count = cursor.Byte();
        cursor.Skip(version == 1 ? 6 : 0);
        for (int i = 0; i < count; i++)
        {
            int filter = cursor.UInt16();
            if (filter is not (Deflate or Shuffle))
            {
                throw new InvalidDataException($"'{_name}' is stored with filter {filter}; only deflate and shuffle are read.");
            }

            int nameSize = version == 1 ? cursor.UInt16() : 0;
            cursor.Skip(2); // flags
            int values = cursor.UInt16();
            cursor.Skip(nameSize + (4 * (values + (version == 1 ? values & 1 : 0))));
            _filters.Add(filter);
        }
    }

    private void ReadChunkShape(Hdf5Cursor layout)
    {
        RequireSize(_chunk.Length == Shape.Length && _chunk.Length > 0);
        long bytes = _elementSize;
        for (int i = 0; i < _chunk.Length; i++)
        {
            uint size = layout.UInt32();
            RequireSize(size > 0 && size <= Shape[i] && (bytes *= size) <= MaxChunk);
            _chunk[i] = (int)size;
        }

        RequireSize(layout.UInt32() == _elementSize && ByteLength / DeflateRatio <= _file.Length);
    }

    private void ReadChunks(Span<float> destination)
    {
        int rank = _chunk.Length;
        byte[] key = new byte[8 + ((rank + 1) * 8)];
        int chunkLength = _chunk.Aggregate(1, static (product, size) => product * size);
        byte[] bytes = new byte[chunkLength * _elementSize];
        float[] numbers = new float[chunkLength];
        int[] start = new int[rank];
        long filled = 0;
        foreach (long address in _file.Leaves(_address, kind: 1, key.Length, key))
        {
            Hdf5Cursor cursor = new(key);
            uint stored = cursor.UInt32();
            uint skipped = cursor.UInt32();
            for (int i = 0; i < rank; i++)
            {
                long offset = cursor.Int64();
                if (offset < 0 || offset >= Shape[i] || offset % _chunk[i] != 0)
                {
                    throw new InvalidDataException($"'{_name}' is damaged: a chunk lies outside of it.");
                }

                start[i] = (int)offset;
            }

            ReadChunk(address, stored, skipped, bytes);
            Convert(bytes, numbers);
            filled += Place(numbers, start, destination);
            if (filled > destination.Length)
            {
                break;
            }
        }

        if (filled != destination.Length)
        {
            throw new InvalidDataException($"'{_name}' is damaged: its chunks hold {filled} numbers of {destination.Length}.");
        }
    }

    private void ReadChunk(long address, uint stored, uint skipped, byte[] bytes)
    {
        if (stored > (long)bytes.Length + (bytes.Length / 100) + 1024)
        {
            throw new InvalidDataException($"'{_name}' is damaged: a chunk of {bytes.Length} bytes takes {stored}.");
        }

        _file.Require(address, stored);
        byte[] data = new byte[stored];
        _file.Read(address, data);
        for (int i = _filters.Count - 1; i >= 0; i--)
        {
            if ((skipped >> i & 1) == 0)
            {
                data = _filters[i] == Deflate ? Inflate(data, bytes.Length) : Unshuffle(data);
            }
        }

        RequireSize(data.Length == bytes.Length);
        data.CopyTo(bytes, 0);
    }

    private byte[] Inflate(byte[] data, int length)
    {
        byte[] inflated = new byte[length];
        try
        {
            using ZLibStream stream = new(new MemoryStream(data), CompressionMode.Decompress);
            stream.ReadExactly(inflated);
        }
        catch (Exception failure) when (failure is EndOfStreamException or InvalidDataException)
        {
            throw new InvalidDataException($"'{_name}' is damaged: a chunk cannot be inflated.", failure);
        }

        return inflated;
    }

    /// <summary>Puts the bytes of each number side by side again: all first ones are stored before all second ones.</summary>
    private byte[] Unshuffle(byte[] data)
    {
        byte[] ordered = new byte[data.Length];
        int count = data.Length / _elementSize;
        for (int part = 0; part < _elementSize; part++)
        {
            for (int i = 0; i < count; i++)
            {
                ordered[(i * _elementSize) + part] = data[(part * count) + i];
            }
        }

        return ordered;
    }

    /// <summary>Copies a chunk to its place, without what hangs over the edge. Gives how many numbers it was.</summary>
    private long Place(float[] numbers, int[] start, Span<float> destination)
    {
        int last = _chunk.Length - 1;
        int run = Math.Min(_chunk[last], Shape[last] - start[last]);
        long placed = 0;
        for (int row = 0; row < numbers.Length / _chunk[last]; row++)
        {
            int rest = row;
            int target = start[last];
            int stride = Shape[last];
            bool inside = true;
            for (int i = last - 1; i >= 0; i--)
            {
                int place = start[i] + (rest % _chunk[i]);
                rest /= _chunk[i];
                inside &= place < Shape[i];
                target += place * stride;
                stride *= Shape[i];
            }

            if (inside)
            {
                numbers.AsSpan(row * _chunk[last], run).CopyTo(destination[target..]);
                placed += run;
            }
        }

        return placed;
    }

    private void Convert(ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            var element = bytes.Slice(i * _elementSize, _elementSize);
            numbers[i] = _elementSize switch
            {
                2 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                4 => BinaryPrimitives.ReadSingleLittleEndian(element),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
            };
        }
    }
}
