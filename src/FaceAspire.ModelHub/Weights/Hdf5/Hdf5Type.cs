namespace FaceAspire.ModelHub.Weights.Hdf5;

/// <summary>Type of the elements of a dataset or an attribute, as far as weights need it.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Size">Bytes of one.</param>
internal readonly record struct Hdf5Type(Hdf5Type.Element Kind, int Size)
{
    public enum Element
    {
        Other,
        Float,
        Text,
        VariableText,
    }

    /// <summary>Reads the message of a type.</summary>
    public static Hdf5Type Read(ReadOnlySpan<byte> message)
    {
        Hdf5Cursor cursor = new(message);
        int kind = cursor.Byte() & 0x0F;
        int flags = cursor.Byte();
        cursor.Skip(2);
        uint size = cursor.UInt32();
        if (size is 0 or > 1 << 20)
        {
            throw new InvalidDataException($"The HDF5 file is damaged: it has elements of {size} bytes.");
        }

        var element = kind switch
        {
            1 when IsIeee(flags, size, cursor) => Element.Float,
            3 => Element.Text,
            9 when (flags & 0x0F) == 1 && size == 16 => Element.VariableText,
            _ => Element.Other,
        };
        return new(element, (int)size);
    }

    /// <summary>Whether it is a little-endian number of IEEE 754 with 16, 32 or 64 bits.</summary>
    private static bool IsIeee(int flags, uint size, Hdf5Cursor cursor)
    {
        cursor.Skip(5); // bit offset, precision and where the exponent lies
        int exponent = cursor.Byte();
        cursor.Skip(1);
        int mantissa = cursor.Byte();
        return (flags & 0x41) == 0 && (size, exponent, mantissa) is (2, 5, 10) or (4, 8, 23) or (8, 11, 52);
    }
}
