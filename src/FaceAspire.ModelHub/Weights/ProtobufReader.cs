using System.Text;

namespace FaceAspire.ModelHub.Weights;

/// <summary>Reads one message of protocol buffers over its bytes, field after field; its fields' meaning is the caller's (protobuf.dev, encoding).</summary>
/// <remarks>Every read throws <see cref="InvalidDataException"/> where the message is damaged.</remarks>
internal ref struct ProtobufReader(ReadOnlyMemory<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlyMemory<byte> _message = message;
    private int _position;
    private int _wireType;

    /// <summary>Number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>A whole number, where the field is one.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's bytes: a text, a message, a packed list or a number of fixed size.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Goes to the next field. Gives false at the end.</summary>
    public bool Read()
    {
        if (_position == _message.Length)
        {
            return false;
        }

        ulong tag = ReadVarint();
        _wireType = (int)(tag & 7);
        Field = tag >> 3 is > 0 and <= int.MaxValue and var field ? (int)field : throw new InvalidDataException("it has a field without a number.");
        (Number, Bytes) = _wireType switch
        {
            Varint => (ReadVarint(), default),
            Fixed64 => (0UL, Take(sizeof(ulong))),
            LengthDelimited => (0UL, Take(ReadVarint())),
            Fixed32 => (0UL, Take(sizeof(uint))),
            _ => throw new InvalidDataException($"it has a field of type {_wireType}."),
        };
        return true;
    }

    /// <summary>The field as a message.</summary>
    public readonly ProtobufReader Message() => _wireType == LengthDelimited ? new(Bytes) : throw new InvalidDataException($"field {Field} is no message.");

    /// <summary>The field as a text.</summary>
    public readonly string Text() => _wireType == LengthDelimited ? Encoding.UTF8.GetString(Bytes.Span) : throw new InvalidDataException($"field {Field} is no text.");

    private ReadOnlyMemory<byte> Take(ulong count)
    {
        if (count > (ulong)(_message.Length - _position))
        {
            throw new InvalidDataException("it ends too early.");
        }

        var taken = _message.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    private ulong ReadVarint()
    {
        const int LongestBits = 64;
        ulong value = 0;
        for (int shift = 0; shift < LongestBits; shift += 7)
        {
            byte next = Take(1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("it has a number of more than 64 bits.");
    }
}
