using System.Text;

namespace FaceAspire.ModelHub.Tests.Weights;

/// <summary>Writes a TensorFlow graph in the layout of <c>quantize_weights</c>, byte by byte after the format's documentation.</summary>
internal sealed class GraphDefSample
{
    private readonly List<byte> _graph = [];

    public byte[] ToArray() => [.. _graph];

    /// <summary>A node that has no weights.</summary>
    public GraphDefSample Node(string name, string operation, params string[] inputs) => Add(name, operation, inputs);

    /// <summary>A constant of floats, as bytes or as a list.</summary>
    public GraphDefSample Floats(string name, int[] shape, float[] numbers, bool asList = false) =>
        Add(name, "Const", [], Attribute("value", Field(8, Tensor(1, shape, asList ? 5 : 4, [.. numbers.SelectMany(BitConverter.GetBytes)]))));

    /// <summary>A constant in bytes, its smallest and largest number, and the node that makes floats of them.</summary>
    public GraphDefSample Quantized(string name, int[] shape, byte[] bytes, float minimum, float maximum, string mode = "MIN_FIRST")
    {
        Add($"{name}_quantized_max", "Const", [], Attribute("value", Field(8, Tensor(1, [], 4, BitConverter.GetBytes(maximum)))));
        Add($"{name}_quantized_min", "Const", [], Attribute("value", Field(8, Tensor(1, [], 4, BitConverter.GetBytes(minimum)))));
        Add($"{name}_quantized_const", "Const", [], Attribute("value", Field(8, Tensor(12, shape, 4, bytes))));
        string[] inputs = [$"{name}_quantized_const", $"{name}_quantized_min", $"{name}_quantized_max"];
        return Add(name, "Dequantize", inputs, Attribute("mode", Field(2, Encoding.ASCII.GetBytes(mode))));
    }

    private static byte[] Tensor(int type, int[] shape, int contentField, byte[] content) =>
    [
        .. Field(1, type),
        .. Field(2, [.. shape.SelectMany(static size => Field(2, Field(1, size)))]),
        .. Field(contentField, content),
    ];

    private static byte[] Attribute(string key, byte[] value) => Field(5, [.. Field(1, Encoding.ASCII.GetBytes(key)), .. Field(2, value)]);

    private static byte[] Field(int number, byte[] content) => [.. Varint((number << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Field(int number, long value) => [.. Varint(number << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }

    private GraphDefSample Add(string name, string operation, string[] inputs, params byte[][] attributes)
    {
        byte[] node =
        [
            .. Field(1, Encoding.ASCII.GetBytes(name)),
            .. Field(2, Encoding.ASCII.GetBytes(operation)),
            .. inputs.SelectMany(static input => Field(3, Encoding.ASCII.GetBytes(input))),
            .. attributes.SelectMany(static attribute => attribute),
        ];
        _graph.AddRange(Field(1, node));
        return this;
    }
}
