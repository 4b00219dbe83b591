using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FaceAspire.ModelHub.Weights.Hdf5;

/// <summary>An HDF5 file, opened to read the groups, texts and tensors that Keras and h5py write ("HDF5 File Format Specification 3.0").
/// Every address and size is checked against the file before anything is allocated, and links into other files are never followed.</summary>
/// <remarks>General readers do follow links, resolve them without a limit and read data from other files when a file says so. Weights come from strangers: what they do not need is not here.</remarks>
internal sealed class Hdf5File : IDisposable
{
    private const int MaxLinks = 1 << 16;
    private const int MaxNodes = 1 << 16;
    private const int MaxHeap = 1 << 24; // bytes of a block of names or texts
    private const int MaxChildren = 1 << 18;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly SafeFileHandle _handle;
    private (long Address, byte[] Block) _texts = (-1, []); // the collection read last: a list of names lies in one or two

    /// <exception cref="InvalidDataException">It is no HDF5 file, or one of a kind that is not read.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public Hdf5File(string path)
    {
        _handle = File.OpenHandle(path);
        try
        {
            Length = RandomAccess.GetLength(_handle);
            Root = new(this, RootAddress());
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>The group that holds all others.</summary>
    public Hdf5Object Root { get; }

    /// <summary>A text that a zero ends, or its field.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return _utf8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Reads a block.</summary>
    /// <exception cref="InvalidDataException">It is not in the file, or larger than any block that is read as a whole.</exception>
    public byte[] Read(long address, long length)
    {
        if (length is < 0 or > MaxHeap)
        {
            throw new InvalidDataException($"The HDF5 file is damaged: a block of it is {length} bytes long.");
        }

        Require(address, length);
        byte[] block = new byte[length];
        Read(address, block);
        return block;
    }

    /// <summary>Fills a span with the bytes at an address.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public void Read(long address, Span<byte> destination)
    {
        Require(address, destination.Length);
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(_handle, destination[..Math.Min(destination.Length, 1 << 24)], address);
            if (read == 0)
            {
                throw new InvalidDataException("The HDF5 file ends before its data does.");
            }

            destination = destination[read..];
            address += read;
        }
    }

    /// <summary>Refuses what does not lie in the file.</summary>
    public void Require(long address, long length)
    {
        if (address < 0 || length < 0 || address > Length - length)
        {
            throw new InvalidDataException($"The HDF5 file is cut off or damaged: {length} bytes at {address} are not in its {Length}.");
        }
    }

    /// <summary>The objects of a group by name; −1 for a link by path.</summary>
    public Dictionary<string, long> Links(Hdf5Object group)
    {
        Dictionary<string, long> links = new(StringComparer.Ordinal);
        if (group.Message(Hdf5Message.SymbolTable) is { } table)
        {
            Hdf5Cursor cursor = new(table);
            long tree = cursor.Int64();
            byte[] names = Names(cursor.Int64());
            foreach (long node in Leaves(tree, kind: 0, keySize: 8))
            {
                ReadSymbols(node, names, links);
            }
        }

        foreach (byte[] message in group.Messages(Hdf5Message.Link))
        {
            var (name, address) = ReadLink(message);
            Add(links, name, address);
        }

        return group.Message(Hdf5Message.LinkInfo) is { Length: > 1 } info && new Hdf5Cursor(info.AsSpan((info[1] & 1) != 0 ? 10 : 2)).Int64() >= 0
            ? throw new InvalidDataException("The HDF5 file keeps the names of a group in a heap, which is not read.")
            : links;
    }

    /// <summary>The children of a tree's lowest nodes, in order, each with the key before it when <paramref name="key"/> is asked.</summary>
    /// <param name="tree">Address of the tree.</param>
    /// <param name="kind">0 for a group, 1 for the chunks of a dataset.</param>
    /// <param name="keySize">Bytes of a key.</param>
    /// <param name="key">Receives each child's key before the child is given.</param>
    public IEnumerable<long> Leaves(long tree, int kind, int keySize, byte[]? key = null)
    {
        Stack<(long Address, int Level)> open = new([(tree, -1)]);
        int children = 0;
        for (int visited = 0; open.TryPop(out var next); visited++)
        {
            var (level, entries) = ReadNode(next.Address, kind, keySize);
            children += entries.Count;
            if (visited >= MaxNodes || children > MaxChildren)
            {
                throw new InvalidDataException($"The HDF5 file is damaged: a tree has more than {MaxNodes} nodes or {MaxChildren} children.");
            }

            if (next.Level >= 0 && level != next.Level - 1)
            {
                throw new InvalidDataException("The HDF5 file is damaged: a tree does not get lower from node to node.");
            }

            if (level == 0)
            {
                foreach (var (entryKey, child) in entries)
                {
                    entryKey.CopyTo(key ?? entryKey, 0);
                    yield return child;
                }
            }
            else
            {
                for (int i = entries.Count - 1; i >= 0; i--)
                {
                    open.Push((entries[i].Child, level));
                }
            }
        }
    }

    /// <summary>A text of variable length.</summary>
    public byte[] HeapObject(long collection, uint index, uint length)
    {
        if (_texts.Address != collection)
        {
            Hdf5Cursor head = new(Read(collection, 16));
            head.Expect("GCOL"u8);
            head.Skip(4);
            _texts = (collection, Read(collection, head.Int64()));
        }

        Hdf5Cursor cursor = new(_texts.Block);
        cursor.Skip(16);
        while (cursor.Left >= 16)
        {
            int found = cursor.UInt16();
            cursor.Skip(6);
            long size = cursor.Int64();
            if (found == 0)
            {
                break;
            }

            var data = cursor.Take(size);
            if (found == index)
            {
                return new Hdf5Cursor(data).Take(length).ToArray();
            }

            cursor.Skip((int)Math.Min(-size & 7, cursor.Left));
        }

        throw new InvalidDataException("The HDF5 file is damaged: a text is missing in its heap.");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static void Add(Dictionary<string, long> links, string name, long address)
    {
        if (links.Count >= MaxLinks || !links.TryAdd(name, address))
        {
            throw new InvalidDataException($"A group of the HDF5 file has more than {MaxLinks} names, or '{name}' twice.");
        }
    }

    private static (string Name, long Address) ReadLink(byte[] message)
    {
        Hdf5Cursor cursor = new(message);
        cursor.Skip(1); // version
        int flags = cursor.Byte();
        int kind = (flags & 0x08) != 0 ? cursor.Byte() : 0;
        cursor.Skip(((flags & 0x04) != 0 ? 8 : 0) + ((flags & 0x10) != 0 ? 1 : 0)); // order of creation; character set
        string name = Text(cursor.Take(cursor.Sized(flags & 3)));
        return (name, kind == 0 ? cursor.Int64() : -1);
    }

    private long RootAddress()
    {
        ReadOnlySpan<byte> signature = [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
        byte[] block = Read(0, Math.Min(Length, 128));
        if (!block.AsSpan().StartsWith(signature))
        {
            throw new InvalidDataException("This is no HDF5 file.");
        }

        Hdf5Cursor cursor = new(block);
        cursor.Skip(signature.Length);
        int version = cursor.Byte();
        if (version > 3)
        {
            throw new InvalidDataException($"The HDF5 file is of version {version}; 0 to 3 are read.");
        }

        cursor.Skip(version < 2 ? 4 : 0); // versions of the parts
        int addressSize = cursor.Byte();
        int lengthSize = cursor.Byte();
        cursor.Skip(version switch { 0 => 9, 1 => 13, _ => 1 });
        if (addressSize != 8 || lengthSize != 8 || cursor.Int64() != 0)
        {
            throw new InvalidDataException($"The HDF5 file has addresses of {addressSize} bytes, lengths of {lengthSize}, or something before it; 8, 8 and nothing are read.");
        }

        cursor.Skip(version < 2 ? 32 : 16); // other addresses; then the root's, which has the offset of its name before it in the old versions
        return cursor.Int64();
    }

    private byte[] Names(long heap)
    {
        Hdf5Cursor cursor = new(Read(heap, 32));
        cursor.Expect("HEAP"u8);
        cursor.Skip(4);
        long size = cursor.Int64();
        cursor.Skip(8);
        return Read(cursor.Int64(), size);
    }

    private void ReadSymbols(long address, byte[] names, Dictionary<string, long> links)
    {
        const int EntrySize = 40;
        const int ByPath = 2;
        Hdf5Cursor head = new(Read(address, 8));
        head.Expect("SNOD"u8);
        head.Skip(2);
        Hdf5Cursor cursor = new(Read(address + 8, head.UInt16() * EntrySize));
        while (cursor.Left > 0)
        {
            long name = cursor.Int64();
            long target = cursor.Int64();
            uint kind = cursor.UInt32();
            cursor.Skip(20);
            Hdf5Cursor text = new(names);
            text.Take(name);
            Add(links, Text(text.Take(text.Left)), kind == ByPath ? -1 : target);
        }
    }

    private (int Level, List<(byte[] Key, long Child)> Entries) ReadNode(long address, int kind, int keySize)
    {
        Hdf5Cursor head = new(Read(address, 24));
        head.Expect("TREE"u8);
        int found = head.Byte();
        int level = head.Byte();
        int count = head.UInt16();
        if (found != kind)
        {
            throw new InvalidDataException("The HDF5 file is damaged: a tree is of another kind than its owner.");
        }

        Hdf5Cursor cursor = new(Read(address + 24, count * (keySize + 8)));
        List<(byte[] Key, long Child)> entries = new(count);
        for (int i = 0; i < count; i++)
        {
            entries.Add((cursor.Take(keySize).ToArray(), cursor.Int64()));
        }

        return (level, entries);
    }
}
