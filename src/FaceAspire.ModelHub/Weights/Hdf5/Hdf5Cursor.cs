using System.Buffers.Binary;

namespace FaceAspire.ModelHub.Weights.Hdf5;

/// <summary>Reads the little-endian fields of a block of an HDF5 file, one after the other; a block that ends too early is damaged.</summary>
internal ref struct Hdf5Cursor(ReadOnlySpan<byte> block)
{
    private ReadOnlySpan<byte> _rest = block;

    /// <summary>Bytes that are left.</summary>
    public readonly int Left => _rest.Length;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>An address or a length. All ones, which mean "nowhere", give −1.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>A number of 1, 2, 4 or 8 bytes.</summary>
    public long Sized(int logarithm) => logarithm switch
    {
        0 => Byte(),
        1 => UInt16(),
        2 => UInt32(),
        _ => Int64(),
    };

    public void Skip(int count) => Take(count);

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new InvalidDataException("The HDF5 file is damaged: a block ends before its fields do.");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    /// <summary>As many bytes, and what fills them up to a multiple of eight where the format wants that.</summary>
    public ReadOnlySpan<byte> Take(int count, bool padded)
    {
        var taken = Take(count);
        Skip(padded ? Math.Min(-count & 7, Left) : 0);
        return taken;
    }

    /// <summary>Four letters with which a block begins.</summary>
    public void Expect(ReadOnlySpan<byte> signature)
    {
        if (!Take(signature.Length).SequenceEqual(signature))
        {
            throw new InvalidDataException($"The HDF5 file is damaged: a block {System.Text.Encoding.ASCII.GetString(signature)} is missing.");
        }
    }
}
