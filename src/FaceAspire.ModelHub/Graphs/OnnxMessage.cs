using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FaceAspire.ModelHub.Graphs;

/// <summary>One message of ONNX's protocol buffers while it is written; field numbers are those of <c>onnx.proto3</c>.</summary>
internal sealed class OnnxMessage
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public OnnxMessage Add(int field, long value) => Tag(field, Varint).WriteVarint((ulong)value);

    public OnnxMessage Add(int field, float value)
    {
        Tag(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    public OnnxMessage Add(int field, string value)
    {
        AddLength(field, Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
        return this;
    }

    public OnnxMessage Add(int field, OnnxMessage value)
    {
        AddLength(field, value._bytes.WrittenCount);
        _bytes.Write(value._bytes.WrittenSpan);
        return this;
    }

    public OnnxMessage Add(int field, IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            Add(field, value);
        }

        return this;
    }

    public OnnxMessage Add(int field, IEnumerable<long> values)
    {
        foreach (long value in values)
        {
            Add(field, value);
        }

        return this;
    }

    /// <summary>The head of a field whose bytes follow, here or outside of this message.</summary>
    public OnnxMessage AddLength(int field, long length) => Tag(field, LengthDelimited).WriteVarint((ulong)length);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private OnnxMessage Tag(int field, int type) => WriteVarint((ulong)((field << 3) | type));

    private OnnxMessage WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            Write((byte)(value | 0x80));
            value >>= 7;
        }

        return Write((byte)value);
    }

    private OnnxMessage Write(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }
}
