using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Graphs;

/// <summary>A constant of a graph (<c>TensorProto</c> as an initializer): its head is a message, its numbers go to the file straight from where they come from.</summary>
internal sealed class OnnxConstant
{
    /// <summary>ONNX's number of the type <c>float</c>.</summary>
    public const int Float = 1;

    private const int Int64 = 7;

    private readonly string _name;
    private readonly IReadOnlyList<int> _shape;
    private readonly int _type;
    private readonly long _count;
    private readonly Action<WeightSink>? _write;
    private readonly IReadOnlyList<long> _numbers = [];

    public OnnxConstant(string name, IReadOnlyList<int> shape, Action<WeightSink> write)
    {
        (_name, _shape, _write, _type) = (name, shape, write, Float);
        _count = shape.Aggregate(1L, static (product, size) => product * size);
    }

    public OnnxConstant(string name, IReadOnlyList<long> numbers)
    {
        (_name, _shape, _numbers, _type) = (name, [numbers.Count], numbers, Int64);
        _count = numbers.Count;
    }

    /// <summary>Bytes of its numbers.</summary>
    public long ByteLength => _count * (_type == Float ? sizeof(float) : sizeof(long));

    /// <summary>All of it but the numbers, as a field of the graph.</summary>
    public byte[] Head()
    {
        byte[] tensor = new OnnxMessage().Add(1, _shape.Select(static size => (long)size)).Add(2, _type).Add(8, _name).AddLength(9, ByteLength).ToArray();
        return [.. new OnnxMessage().AddLength(5, tensor.Length + ByteLength).ToArray(), .. tensor];
    }

    /// <summary>Writes the numbers.</summary>
    /// <exception cref="InvalidDataException">They are fewer or more than the shape says.</exception>
    public void WriteTo(Stream destination)
    {
        long written = 0;
        if (_write is { } write)
        {
            write(numbers =>
            {
                destination.Write(MemoryMarshal.AsBytes(numbers));
                written += numbers.Length;
            });
        }
        else
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            foreach (long number in _numbers)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                destination.Write(bytes);
                written++;
            }
        }

        if (written != _count)
        {
            throw new InvalidDataException($"{written} numbers were written where {WeightTensor.Describe(_shape)} are expected.");
        }
    }
}
