using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>Reads numbers as dlib serializes them: a byte with the sign and the length, then the value, lowest byte first; a floating-point number is
/// a mantissa and a power of two.</summary>
/// <param name="bytes">What was serialized.</param>
public ref struct DlibSerialReader(ReadOnlySpan<byte> bytes)
{
    private const int SignBit = 0x80;
    private const int LengthBits = 0x0F;
    private const int TensorVersion = 2;

    private static readonly SearchValues<byte> _tagCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_0123456789"u8);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Whether the next byte is a flag, which can be no number.</summary>
    public readonly bool IsAtFlag => !_rest.IsEmpty && (_rest[0] == (byte)'0' || _rest[0] == (byte)'1');

    /// <summary>A flag.</summary>
    /// <exception cref="InvalidDataException">There is none here.</exception>
    public bool ReadFlag() => IsAtFlag ? ReadBytes(1)[0] == '1' : throw new InvalidDataException("A serialized flag is damaged.");

    /// <summary>Bytes as they are.</summary>
    /// <exception cref="InvalidDataException">Fewer are left.</exception>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new InvalidDataException($"{count} serialized bytes are announced where {_rest.Length} are left.");
        }

        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>The tag of a layer, such as <c>con_4</c>, where one stands here; else nothing, and nothing is read.</summary>
    public string? TryReadTag()
    {
        const int Longest = 40;
        var rest = _rest;
        if (rest.Length < 2 || rest[0] != 1 || rest[1] is < 3 or > Longest || rest.Length < 2 + rest[1] || rest[2] is < (byte)'a' or > (byte)'z')
        {
            return null;
        }

        var tag = rest.Slice(2, rest[1]);
        if (tag.ContainsAnyExcept(_tagCharacters))
        {
            return null;
        }

        _rest = rest[(2 + tag.Length)..];
        return Encoding.ASCII.GetString(tag);
    }

    /// <summary>The numbers of a tensor as bytes, four a number, lowest byte first.</summary>
    /// <exception cref="InvalidDataException">There is none here, or it is longer than what is left.</exception>
    public ReadOnlySpan<byte> ReadTensor()
    {
        Expect(TensorVersion, "The version of a tensor");
        return ReadBytes(checked((int)Math.Min(ReadCount() * sizeof(float), int.MaxValue)));
    }

    /// <summary>The product of four sizes that follow each other.</summary>
    /// <exception cref="InvalidDataException">One is negative or beyond all tensors.</exception>
    private long ReadCount()
    {
        const long Largest = int.MaxValue;
        long count = 1;
        for (int i = 0; i < 4; i++)
        {
            long size = ReadInteger();
            count = size is >= 0 and <= Largest && count * size <= Largest ? count * size : throw new InvalidDataException($"A serialized tensor has a size of {size}.");
        }

        return count;
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="InvalidDataException">There is none here.</exception>
    public long ReadInteger()
    {
        int length = _rest.IsEmpty ? 0 : _rest[0] & LengthBits;
        if (length is 0 or > sizeof(long) || _rest.Length <= length || (_rest[0] & ~(SignBit | LengthBits)) != 0)
        {
            throw new InvalidDataException("A serialized number is damaged.");
        }

        Span<byte> value = stackalloc byte[sizeof(long)];
        value.Clear();
        _rest.Slice(1, length).CopyTo(value);
        bool negative = (_rest[0] & SignBit) != 0;
        _rest = _rest[(1 + length)..];
        long number = BinaryPrimitives.ReadInt64LittleEndian(value);
        return negative ? -number : number;
    }

    /// <summary>A whole number that is known.</summary>
    /// <exception cref="InvalidDataException">It is another one.</exception>
    public void Expect(long expected, string what)
    {
        long number = ReadInteger();
        if (number != expected)
        {
            throw new InvalidDataException($"{what} is {number}, not {expected}.");
        }
    }

    /// <summary>A finite floating-point number.</summary>
    /// <exception cref="InvalidDataException">There is none here.</exception>
    public double ReadDouble()
    {
        long mantissa = ReadInteger();
        long exponent = ReadInteger();
        double number = Math.ScaleB(mantissa, (int)Math.Clamp(exponent, short.MinValue, short.MaxValue));
        return double.IsFinite(number) ? number : throw new InvalidDataException("A serialized number is not finite.");
    }
}
