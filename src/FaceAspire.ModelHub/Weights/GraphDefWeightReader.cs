using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceAspire.ModelHub.Weights;

/// <summary>Opens a frozen TensorFlow graph (<c>.pb</c>, a <c>GraphDef</c>): its constants of floats, and those that TensorFlow's <c>quantize_weights</c> stored in bytes.</summary>
/// <remarks>
/// A tensor has the name of the node that gives it, <c>conv1/weights</c>; a group is what stands before the last slash. Nothing of the graph is executed; other nodes are passed over.
/// Field numbers are those of TensorFlow's <c>graph.proto</c>, <c>node_def.proto</c>, <c>attr_value.proto</c>, <c>tensor.proto</c> and <c>tensor_shape.proto</c>.
/// </remarks>
public static class GraphDefWeightReader
{
    private const int MostDimensions = 8;

    private enum ElementType
    {
        Float = 1,
        QuantizedByte = 12,
    }

    /// <summary>Opens a graph. The file's bytes are in memory until it is disposed.</summary>
    /// <param name="path">A <c>.pb</c> file.</param>
    /// <exception cref="InvalidDataException">It is damaged, of another kind, or has no weights.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightFile Open(string path) => WholeFile.Open(path, "TensorFlow", static bytes => new(Groups(Nodes(bytes))));

    private static List<Node> Nodes(ReadOnlyMemory<byte> graph)
    {
        const int NodeField = 1;
        List<Node> nodes = [];
        ProtobufReader reader = new(graph);
        while (reader.Read())
        {
            if (reader.Field == NodeField && NodeOf(reader.Message()) is { } node)
            {
                nodes.Add(node);
            }
        }

        return nodes;
    }

    /// <summary>A constant or a dequantization; null for a node of another kind.</summary>
    private static Node? NodeOf(ProtobufReader reader)
    {
        string name = "", operation = "", mode = "";
        List<string> inputs = [];
        Constant? constant = null;
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    operation = reader.Text();
                    break;
                case 3:
                    inputs.Add(reader.Text());
                    break;
                case 5 when operation is "Const" or "Dequantize":
                    ReadAttribute(reader.Message(), ref constant, ref mode);
                    break;
            }
        }

        return operation switch
        {
            "Const" => new(name, inputs, constant ?? throw new InvalidDataException($"the constant '{name}' has no value."), mode),
            "Dequantize" => new(name, inputs, null, mode),
            _ => null,
        };
    }

    private static void ReadAttribute(ProtobufReader entry, ref Constant? constant, ref string mode)
    {
        string key = "";
        while (entry.Read())
        {
            if (entry.Field == 1)
            {
                key = entry.Text();
            }
            else if (entry.Field == 2)
            {
                const int TextField = 2, TensorField = 8;
                var value = entry.Message();
                while (value.Read())
                {
                    if (key == "value" && value.Field == TensorField)
                    {
                        constant = ConstantOf(value.Message());
                    }
                    else if (key == "mode" && value.Field == TextField)
                    {
                        mode = value.Text();
                    }
                }
            }
        }
    }

    private static Constant ConstantOf(ProtobufReader tensor)
    {
        int type = 0;
        int[] shape = [];
        ReadOnlyMemory<byte> content = default;
        while (tensor.Read())
        {
            switch (tensor.Field)
            {
                case 1:
                    type = (int)tensor.Number;
                    break;
                case 2:
                    shape = ShapeOf(tensor.Message());
                    break;
                case 4 or 5: // the bytes as they lie in memory, or a list of floats, which has the same ones
                    content = tensor.Bytes;
                    break;
            }
        }

        return new((ElementType)type, shape, content);
    }

    private static int[] ShapeOf(ProtobufReader reader)
    {
        const int DimensionField = 2, SizeField = 1;
        List<int> shape = [];
        long count = 1;
        while (reader.Read())
        {
            if (reader.Field != DimensionField)
            {
                continue;
            }

            ulong size = 0;
            var dimension = reader.Message();
            while (dimension.Read())
            {
                size = dimension.Field == SizeField ? dimension.Number : size;
            }

            if (size > int.MaxValue || (count *= (long)size) > int.MaxValue || shape.Count == MostDimensions)
            {
                throw new InvalidDataException($"a tensor has a size of {size} or more than {MostDimensions} sizes.");
            }

            shape.Add((int)size);
        }

        return [.. shape];
    }

    private static IReadOnlyList<WeightGroup> Groups(List<Node> nodes)
    {
        Dictionary<string, Node> known = new(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (!known.TryAdd(node.Name, node))
            {
                throw new InvalidDataException($"it has two nodes '{node.Name}'.");
            }
        }

        // What a dequantization reads is part of its tensor and none of its own.
        var parts = nodes.Where(static node => node.Constant is null).SelectMany(static node => node.Inputs).ToHashSet(StringComparer.Ordinal);
        List<WeightTensor> tensors = [];
        foreach (var node in nodes)
        {
            var tensor = node.Constant is null ? Dequantized(node, known)
                : node.Constant.Type == ElementType.Float && !parts.Contains(node.Name) ? Floats(node.Name, node.Constant)
                : null;
            if (tensor is not null)
            {
                tensors.Add(tensor);
            }
        }

        return tensors.Count > 0 ? WeightGroup.ByLayer(tensors, static name => name[..Math.Max(name.LastIndexOf('/'), 0)]) : throw new InvalidDataException("it has no weights.");
    }

    private static WeightTensor Floats(string name, Constant constant)
    {
        const long LongestFill = 1 << 24; // no layer has more biases, and a damaged shape asks for no more memory
        if (constant.Content.Length == sizeof(float) && constant.Count is > 1 and <= LongestFill)
        {
            return new(name, constant.Shape, destination => destination.Fill(BinaryPrimitives.ReadSingleLittleEndian(constant.Content.Span))); // one number stands for equal ones
        }

        Require(name, constant, sizeof(float));
        return new(name, constant.Shape, destination => MemoryMarshal.Cast<byte, float>(constant.Content.Span).CopyTo(destination));
    }

    /// <summary>Bytes between the smallest and the largest number, as <c>Dequantize</c> spreads them in its mode MIN_FIRST (TensorFlow's <c>quantization_utils.h</c>).</summary>
    private static WeightTensor Dequantized(Node node, Dictionary<string, Node> known)
    {
        if (node.Inputs is not [var bytes, var lowest, var highest] || node.Mode != "MIN_FIRST")
        {
            throw new InvalidDataException($"'{node.Name}' dequantizes in the mode '{node.Mode}' from {node.Inputs.Count} tensors where MIN_FIRST from three is known.");
        }

        var constant = ConstantNamed(bytes, ElementType.QuantizedByte, known);
        Require(bytes, constant, sizeof(byte));
        float minimum = Single(lowest, known);
        float maximum = Single(highest, known);
        return new(node.Name, constant.Shape, destination =>
        {
            const int Steps = 255;
            double step = ((double)maximum - minimum) / Steps;
            double first = step == 0 ? minimum : Math.Round(minimum / step) * step; // zero is one of the steps
            var content = constant.Content.Span;
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = (float)(first + (content[i] * step));
            }
        });
    }

    private static float Single(string name, Dictionary<string, Node> known)
    {
        var constant = ConstantNamed(name, ElementType.Float, known);
        return constant.Content.Length == sizeof(float) && BinaryPrimitives.ReadSingleLittleEndian(constant.Content.Span) is var value && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"'{name}' is not one finite number.");
    }

    private static Constant ConstantNamed(string name, ElementType type, Dictionary<string, Node> known) =>
        known.GetValueOrDefault(name)?.Constant is { } constant && constant.Type == type
            ? constant
            : throw new InvalidDataException($"'{name}' is no constant of the type {type}.");

    private static void Require(string name, Constant constant, int elementSize)
    {
        long expected = constant.Count * elementSize;
        if (constant.Content.Length != expected)
        {
            throw new InvalidDataException($"'{name}' is {WeightTensor.Describe(constant.Shape)} and has {constant.Content.Length} bytes instead of {expected}.");
        }
    }

    private sealed record Node(string Name, IReadOnlyList<string> Inputs, Constant? Constant, string Mode);

    private sealed record Constant(ElementType Type, int[] Shape, ReadOnlyMemory<byte> Content)
    {
        public long Count { get; } = Shape.Aggregate(1L, static (product, size) => product * size);
    }
}
