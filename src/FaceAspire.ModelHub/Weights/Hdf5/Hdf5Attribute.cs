using System.Text;

namespace FaceAspire.ModelHub.Weights.Hdf5;

/// <summary>An attribute of a group.</summary>
internal sealed class Hdf5Attribute
{
    private readonly Hdf5Type _type;
    private readonly int _count;
    private readonly byte[] _data;

    private Hdf5Attribute(Hdf5Type type, int count, byte[] data) => (_type, _count, _data) = (type, count, data);

    /// <summary>The attribute that a message holds, when it has that name.</summary>
    public static Hdf5Attribute? TryRead(ReadOnlySpan<byte> message, string expected)
    {
        Hdf5Cursor cursor = new(message);
        int version = cursor.Byte();
        int flags = cursor.Byte();
        int nameSize = cursor.UInt16();
        int typeSize = cursor.UInt16();
        int spaceSize = cursor.UInt16();
        if (version is < 1 or > 3)
        {
            throw new InvalidDataException($"The HDF5 file has an attribute of version {version}; 1 to 3 are read.");
        }

        cursor.Skip(version == 3 ? 1 : 0); // the character set: ASCII is UTF-8
        bool padded = version == 1;
        if (Hdf5File.Text(cursor.Take(nameSize, padded)) != expected)
        {
            return null;
        }

        if (version > 1 && flags != 0)
        {
            throw new InvalidDataException($"The attribute '{expected}' of the HDF5 file shares its type, which is not read.");
        }

        var type = Hdf5Type.Read(cursor.Take(typeSize, padded));
        int count = Hdf5Message.ReadSpace(cursor.Take(spaceSize, padded)).Aggregate(1, static (product, size) => product * size);
        return new(type, count, cursor.Take((long)count * type.Size).ToArray());
    }

    /// <summary>Its texts.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public IReadOnlyList<string> Texts(Hdf5File file)
    {
        if (_type.Kind is not (Hdf5Type.Element.Text or Hdf5Type.Element.VariableText))
        {
            // An empty list has no text whose type numpy could know: it is stored as no numbers.
            return _count == 0 ? [] : throw new InvalidDataException("An attribute of the HDF5 file is not text where names are expected.");
        }

        string[] texts = new string[_count];
        for (int i = 0; i < texts.Length; i++)
        {
            var element = _data.AsSpan(i * _type.Size, _type.Size);
            texts[i] = _type.Kind == Hdf5Type.Element.Text ? Hdf5File.Text(element) : Variable(file, element);
        }

        return texts;
    }

    private static string Variable(Hdf5File file, ReadOnlySpan<byte> element)
    {
        Hdf5Cursor cursor = new(element);
        uint length = cursor.UInt32();
        long collection = cursor.Int64();
        uint index = cursor.UInt32();
        return length == 0 ? "" : Encoding.UTF8.GetString(file.HeapObject(collection, index, length)).TrimEnd('\0');
    }
}
