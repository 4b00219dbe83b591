namespace FaceAspire.ModelHub.Weights.Hdf5;

/// <summary>Kinds of messages in an object's header, as "HDF5 File Format Specification 3.0" numbers them (section IV.A.2).</summary>
internal static class Hdf5Message
{
    public const int Nothing = 0x00;
    public const int Space = 0x01;
    public const int LinkInfo = 0x02;
    public const int Type = 0x03;
    public const int Link = 0x06;
    public const int ExternalFiles = 0x07;
    public const int Layout = 0x08;
    public const int Filters = 0x0B;
    public const int Attribute = 0x0C;
    public const int Continuation = 0x10;
    public const int SymbolTable = 0x11;
    public const int AttributeInfo = 0x15;

    /// <summary>The sizes of a dataset or an attribute, outermost first.</summary>
    /// <exception cref="InvalidDataException">They are more than a tensor has, or too large for one.</exception>
    public static int[] ReadSpace(ReadOnlySpan<byte> message)
    {
        const int MaxRank = 8;
        Hdf5Cursor cursor = new(message);
        int version = cursor.Byte();
        int rank = cursor.Byte();
        cursor.Skip(version == 1 ? 6 : 2);
        if (version is not (1 or 2) || rank > MaxRank)
        {
            throw new InvalidDataException($"The HDF5 file has a data space of version {version} and {rank} dimensions; versions 1 and 2 and up to {MaxRank} are read.");
        }

        int[] shape = new int[rank];
        long count = 1;
        for (int i = 0; i < rank; i++)
        {
            long size = cursor.Int64();
            if (size is < 0 or > int.MaxValue || (count *= size) > int.MaxValue)
            {
                throw new InvalidDataException("The HDF5 file declares more numbers than a tensor can have.");
            }

            shape[i] = (int)size;
        }

        return shape;
    }
}
