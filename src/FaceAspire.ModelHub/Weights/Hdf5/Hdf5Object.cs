namespace FaceAspire.ModelHub.Weights.Hdf5;

/// <summary>A group or a dataset: the messages of its header.</summary>
internal sealed class Hdf5Object
{
    private const int MaxMessages = 1 << 16;
    private const int MaxBlocks = 1 << 10;
    private const int MaxBytes = 1 << 24;
    private const int SharedMessage = 0x02;

    private readonly Hdf5File _file;
    private readonly List<(int Kind, int Flags, byte[] Data)> _messages = [];
    private Dictionary<string, long>? _links;
    private int _bytes;

    public Hdf5Object(Hdf5File file, long address)
    {
        _file = file;
        Queue<(long Address, long Length)> blocks = new();
        Span<byte> start = stackalloc byte[16];
        file.Read(address, start);
        if (start[0] == 1)
        {
            uint length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
            ReadVersion1(file.Read(address + start.Length, length), blocks);
            for (int i = 0; blocks.TryDequeue(out var block); i++)
            {
                RequireFew(i, MaxBlocks);
                ReadVersion1(file.Read(block.Address, block.Length), blocks);
            }

            return;
        }

        Hdf5Cursor cursor = new(file.Read(address, Math.Min(64, file.Length - address)));
        cursor.Expect("OHDR"u8);
        int version = cursor.Byte();
        if (version != 2)
        {
            throw new InvalidDataException($"The HDF5 file has an object header of version {version}; 1 and 2 are known.");
        }

        int before = cursor.Left;
        int flags = cursor.Byte();
        cursor.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0)); // times; limits of the attributes
        long size = cursor.Sized(flags & 3);
        ReadVersion2(file.Read(address + 5 + before - cursor.Left, size), flags, blocks);
        for (int i = 0; blocks.TryDequeue(out var block); i++)
        {
            RequireFew(i, MaxBlocks);
            Hdf5Cursor next = new(file.Read(block.Address, block.Length));
            next.Expect("OCHK"u8);
            ReadVersion2(next.Take(next.Left - 4), flags, blocks); // a checksum ends the block
        }
    }

    /// <summary>The object of that name in this group; null when there is none.</summary>
    /// <exception cref="InvalidDataException">It is a link by path or into another file: such are not followed.</exception>
    public Hdf5Object? Child(string name)
    {
        _links ??= _file.Links(this);
        return !_links.TryGetValue(name, out long address) ? null
            : address < 0 ? throw new InvalidDataException($"'{name}' is a link by path in the HDF5 file; only objects are read.")
            : new(_file, address);
    }

    /// <summary>The texts of an attribute; null when there is none of that name.</summary>
    public IReadOnlyList<string>? Texts(string attribute)
    {
        foreach (byte[] message in Messages(Hdf5Message.Attribute))
        {
            if (Hdf5Attribute.TryRead(message, attribute) is { } found)
            {
                return found.Texts(_file);
            }
        }

        return Message(Hdf5Message.AttributeInfo) is { } info && new Hdf5Cursor(info.AsSpan(info.Length - (info.Length > 1 && (info[1] & 2) != 0 ? 24 : 16))).Int64() >= 0
            ? throw new InvalidDataException("The HDF5 file keeps its attributes in a heap, which is not read.")
            : null;
    }

    /// <summary>The only message of a kind; null when there is none.</summary>
    public byte[]? Message(int kind) => Messages(kind).FirstOrDefault();

    /// <summary>All messages of a kind.</summary>
    /// <exception cref="InvalidDataException">One stands elsewhere in the file.</exception>
    public IEnumerable<byte[]> Messages(int kind) => _messages.Where(message => message.Kind == kind).Select(static message => (message.Flags & SharedMessage) == 0
        ? message.Data
        : throw new InvalidDataException("The HDF5 file shares messages between its objects, which is not read."));

    private static void RequireFew(int count, int limit)
    {
        if (count >= limit)
        {
            throw new InvalidDataException($"The HDF5 file is damaged: an object has more than {limit} parts.");
        }
    }

    private void ReadVersion1(ReadOnlySpan<byte> block, Queue<(long Address, long Length)> blocks)
    {
        Hdf5Cursor cursor = new(block);
        while (cursor.Left >= 8)
        {
            int kind = cursor.UInt16();
            int size = cursor.UInt16();
            int flags = cursor.Byte();
            cursor.Skip(3);
            Add(kind, flags, cursor.Take(size), blocks);
        }
    }

    private void ReadVersion2(ReadOnlySpan<byte> block, int headerFlags, Queue<(long Address, long Length)> blocks)
    {
        int head = (headerFlags & 4) != 0 ? 6 : 4;
        Hdf5Cursor cursor = new(block);
        while (cursor.Left >= head)
        {
            int kind = cursor.Byte();
            int size = cursor.UInt16();
            int flags = cursor.Byte();
            cursor.Skip(head - 4);
            Add(kind, flags, cursor.Take(size), blocks);
        }
    }

    private void Add(int kind, int flags, ReadOnlySpan<byte> data, Queue<(long Address, long Length)> blocks)
    {
        if (kind == Hdf5Message.Continuation)
        {
            Hdf5Cursor cursor = new(data);
            blocks.Enqueue((cursor.Int64(), cursor.Int64()));
        }
        else if (kind != Hdf5Message.Nothing)
        {
            RequireFew(_messages.Count, MaxMessages);
            RequireFew(_bytes += data.Length, MaxBytes);
            _messages.Add((kind, flags, data.ToArray()));
        }
    }
}
