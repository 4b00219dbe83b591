using System.Buffers.Binary;
using System.Globalization;
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

    /// <summary>Writes all of it as a field of the graph; where it is large, the place of its numbers in another file instead of them.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="file">The other file's name.</param>
    /// <param name="offset">Where in it the numbers begin.</param>
    public void WriteOutline(Stream destination, string file, long offset)
    {
        const int External = 1;
        const int LargestInside = 1_024; // a runtime may want to know shapes and limits before it maps anything
        if (ByteLength <= LargestInside)
        {
            destination.Write(Head());
            WriteTo(destination);
            return;
        }

        var tensor = new OnnxMessage().Add(1, _shape.Select(static size => (long)size)).Add(2, _type).Add(8, _name).Add(14, External);
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)[("location", file), ("offset", Text(offset)), ("length", Text(ByteLength))])
        {
            tensor.Add(13, new OnnxMessage().Add(1, key).Add(2, value));
        }

        destination.Write(new OnnxMessage().Add(5, tensor).ToArray());

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
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
