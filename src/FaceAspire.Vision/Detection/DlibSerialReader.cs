using System.Buffers.Binary;

namespace FaceAspire.Vision.Detection;

/// <summary>Reads numbers as dlib serializes them: a byte with the sign and the length, then the value, lowest byte first; a floating-point number is
/// a mantissa and a power of two.</summary>
/// <param name="bytes">What was serialized.</param>
internal ref struct DlibSerialReader(ReadOnlySpan<byte> bytes)
{
    private const int SignBit = 0x80;
    private const int LengthBits = 0x0F;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>A whole number.</summary>
    /// <exception cref="InvalidDataException">There is none here.</exception>
    public long ReadInteger()
    {
        int length = _rest.IsEmpty ? 0 : _rest[0] & LengthBits;
        if (length is 0 or > sizeof(long) || _rest.Length <= length)
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
