using System.Globalization;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Graphs;

/// <summary>Puts an ONNX graph together, node after node, and writes it: operator set 17, channels first, any batch. Follows sizes, so that a wrong one fails where it arises.</summary>
/// <remarks>Weights are read from their file only by <see cref="Write"/>, one tensor at a time.</remarks>
public sealed class GraphBuilder
{
    private const int IrVersion = 8;
    private const int OperatorSet = 17;
    private const string Batch = "batch";

    private readonly List<OnnxMessage> _nodes = [];
    private readonly List<OnnxMessage> _inputs = [];
    private readonly List<OnnxMessage> _outputs = [];
    private readonly List<OnnxConstant> _constants = [];
    private int _names;

    /// <summary>The input: batch × channels × height × width.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows; null for any number.</param>
    /// <param name="width">Columns; null for any number.</param>
    public GraphValue Input(int channels, int? height, int? width)
    {
        GraphValue input = new("input", [channels, height, width]);
        _inputs.Add(Described(input));
        return input;
    }

    /// <summary>Makes a value an output of the graph under a name of its own.</summary>
    public void Output(GraphValue value, string name)
    {
        var output = value with { Name = name };
        _nodes.Add(NodeOf("Identity", [value.Name], [name]));
        _outputs.Add(Described(output));
    }

    /// <summary>A convolution.</summary>
    /// <param name="input">A map.</param>
    /// <param name="kernel">Its weights.</param>
    /// <param name="stride">Rows and columns from one place to the next.</param>
    /// <param name="padding">What is added around the input; nothing by default.</param>
    /// <param name="groups">Groups of channels; as many as there are channels for a depthwise convolution.</param>
    /// <param name="dilation">Rows and columns from one number of the kernel to the next.</param>
    /// <exception cref="InvalidDataException">The kernel does not fit the map.</exception>
    public GraphValue Conv(GraphValue input, Kernel kernel, int stride = 1, Padding padding = default, int groups = 1, int dilation = 1)
    {
        if (kernel.Inputs * groups != input.Channels)
        {
            throw new InvalidDataException($"A convolution of {kernel.Inputs * groups} channels stands behind {input.Channels}.");
        }

        var window = (Height: ((kernel.Height - 1) * dilation) + 1, Width: ((kernel.Width - 1) * dilation) + 1);
        var pads = padding.Resolve(input.Height, input.Width, window, (stride, stride));
        string weights = Constant([kernel.Outputs, kernel.Inputs, kernel.Height, kernel.Width], kernel.Write);
        string[] inputs = kernel.HasBias ? [input.Name, weights, Constant([kernel.Outputs], sink => sink(kernel.Bias()))] : [input.Name, weights];
        return Node(
            "Conv",
            inputs,
            [kernel.Outputs, Slid(input.Height, window.Height, stride, pads.Top + pads.Bottom), Slid(input.Width, window.Width, stride, pads.Left + pads.Right)],
            new("kernel_shape", [kernel.Height, kernel.Width]),
            new("strides", [stride, stride]),
            new("dilations", [dilation, dilation]),
            new("pads", [pads.Top, pads.Left, pads.Bottom, pads.Right]),
            new("group", groups));
    }

    /// <summary>The largest of each window; what is added around the input is never it.</summary>
    /// <param name="input">A map.</param>
    /// <param name="size">Rows and columns of the window.</param>
    /// <param name="stride">Rows and columns from one window to the next.</param>
    /// <param name="padding">What is added around the input.</param>
    /// <param name="ceiling">Whether a last window that is not full counts.</param>
    public GraphValue MaxPool(GraphValue input, int size, int stride, Padding padding = default, bool ceiling = false) =>
        Pool("MaxPool", input, size, stride, padding, ceiling);

    /// <summary>The mean of each full window.</summary>
    public GraphValue AveragePool(GraphValue input, int size, int stride) => Pool("AveragePool", input, size, stride, Padding.Valid, ceiling: false);

    /// <summary>The mean of each channel, as features.</summary>
    public GraphValue GlobalAverage(GraphValue input) => Flatten(Node("GlobalAveragePool", [input.Name], [input.Channels, 1, 1]));

    /// <summary>scale·x + shift for each channel of a map, or each feature.</summary>
    /// <exception cref="InvalidDataException">The map has another number of channels.</exception>
    public GraphValue Affine(GraphValue input, ChannelAffine affine)
    {
        RequireChannels(input, affine.Count);
        int[] shape = ChannelShape(input);
        var scaled = Node("Mul", [input.Name, Constant(shape, sink => sink(affine.Scale))], input.Shape);
        return Node("Add", [scaled.Name, Constant(shape, sink => sink(affine.Shift))], input.Shape);
    }

    /// <summary>max(x, 0).</summary>
    public GraphValue Relu(GraphValue input) => Node("Relu", [input.Name], input.Shape);

    /// <summary>x, times a slope of its channel where x is negative.</summary>
    /// <param name="input">A map, or features.</param>
    /// <param name="slopes">One number for each channel, in a tensor of any shape.</param>
    public GraphValue PRelu(GraphValue input, WeightTensor slopes)
    {
        RequireChannels(input, slopes.Length);
        return Node("PRelu", [input.Name, Constant(ChannelShape(input), sink => sink(slopes.ToArray()))], input.Shape);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public GraphValue Sigmoid(GraphValue input) => Node("Sigmoid", [input.Name], input.Shape);

    /// <summary>Shares of the features, which sum to 1.</summary>
    public GraphValue Softmax(GraphValue input) => Node("Softmax", [input.Name], input.Shape, new NodeSetting("axis", 1));

    /// <summary>The sum of two values of one shape.</summary>
    public GraphValue Add(GraphValue first, GraphValue second) => Node("Add", [first.Name, second.Name], SameShape(first, second));

    /// <summary>The product of two values; the second may be one row and column.</summary>
    public GraphValue Multiply(GraphValue first, GraphValue second) => Node("Mul", [first.Name, second.Name], first.Shape);

    /// <summary>A value times a number.</summary>
    public GraphValue Scale(GraphValue input, float factor) => Node("Mul", [input.Name, Constant([1], sink => sink([factor]))], input.Shape);

    /// <summary>Maps one behind the other, channel after channel.</summary>
    public GraphValue Concat(params ReadOnlySpan<GraphValue> parts)
    {
        int channels = 0;
        List<string> names = [];
        foreach (var part in parts)
        {
            channels += part.Channels;
            names.Add(part.Name);
        }

        return Node("Concat", [.. names], [channels, .. parts[0].Shape.Skip(1)], new NodeSetting("axis", 1));
    }

    /// <summary>Zeros around a map.</summary>
    public GraphValue Pad(GraphValue input, Padding padding) => Node(
        "Pad",
        [input.Name, Constant([0, 0, padding.Top, padding.Left, 0, 0, padding.Bottom, padding.Right])],
        [input.Channels, input.Height + padding.Top + padding.Bottom, input.Width + padding.Left + padding.Right]);

    /// <summary>A map as features, in ONNX's order: channel, row, column.</summary>
    public GraphValue Flatten(GraphValue input) => Node("Flatten", [input.Name], [Count(input)], new NodeSetting("axis", 1));

    /// <summary>A map in TensorFlow's order: row, column, channel.</summary>
    public GraphValue ChannelsLast(GraphValue input) => Node("Transpose", [input.Name], [input.Height, input.Width, input.Channels], new NodeSetting("perm", [0, 2, 3, 1]));

    /// <summary>A map as features in TensorFlow's order.</summary>
    public GraphValue FlattenChannelsLast(GraphValue input) => Node("Flatten", [ChannelsLast(input).Name], [Count(input)], new NodeSetting("axis", 1));

    /// <summary>A map of known size as rows of so many numbers: a row for each anchor, those of a cell after one another, cells in the order row, column.</summary>
    public GraphValue AnchorRows(GraphValue input, int numbers) =>
        Node("Reshape", [ChannelsLast(input).Name, Constant([0, -1, numbers])], [Count(input) / numbers, numbers]);

    /// <summary>A fully connected layer.</summary>
    /// <param name="input">Features.</param>
    /// <param name="weights">Inputs × outputs, as Keras stores them; outputs × inputs when <paramref name="transposed"/>, as PyTorch does.</param>
    /// <param name="bias">One number for each output; null for none.</param>
    /// <param name="transposed">How the weights are stored.</param>
    /// <exception cref="InvalidDataException">The weights do not fit the features.</exception>
    public GraphValue Dense(GraphValue input, WeightTensor weights, WeightTensor? bias = null, bool transposed = false)
    {
        if (weights.Shape.Count != 2 || weights.Shape[transposed ? 1 : 0] != input.Channels)
        {
            throw new InvalidDataException($"'{weights.Name}' is {WeightTensor.Describe(weights.Shape)}, the features before it are {input.Channels}.");
        }

        int outputs = weights.Shape[transposed ? 0 : 1];
        string constant = Constant(weights.Shape, sink => sink(weights.ToArray()));
        string[] inputs = bias is null ? [input.Name, constant] : [input.Name, constant, Constant([outputs], sink => sink(bias.Of(outputs).ToArray()))];
        return Node("Gemm", inputs, [outputs], new NodeSetting("transB", transposed ? 1 : 0));
    }

    /// <summary>A node of any kind, for what one network alone needs.</summary>
    /// <param name="kind">ONNX's name of the operator.</param>
    /// <param name="inputs">Names of values and constants.</param>
    /// <param name="shape">Sizes of what it gives, without the batch.</param>
    /// <param name="attributes">Its settings.</param>
    public GraphValue Node(string kind, IReadOnlyList<string> inputs, IReadOnlyList<int?> shape, params ReadOnlySpan<NodeSetting> attributes)
    {
        GraphValue value = new(NewName(kind), shape);
        _nodes.Add(NodeOf(kind, inputs, [value.Name], attributes));
        return value;
    }

    /// <summary>A constant of floats that are asked for when the graph is written. Gives its name.</summary>
    public string Constant(IReadOnlyList<int> shape, Action<WeightSink> write)
    {
        string name = NewName("weights");
        _constants.Add(new OnnxConstant(name, shape, write));
        return name;
    }

    /// <summary>A constant list of whole numbers, such as a shape. Gives its name.</summary>
    public string Constant(IReadOnlyList<long> numbers)
    {
        string name = NewName("numbers");
        _constants.Add(new OnnxConstant(name, numbers));
        return name;
    }

    /// <summary>Writes the whole model. The same weights give the same bytes.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="name">Name of the network.</param>
    /// <param name="cancellationToken">Asked between two constants.</param>
    /// <exception cref="InvalidDataException">The weights file is damaged.</exception>
    public void Write(Stream destination, string name, CancellationToken cancellationToken)
    {
        var (start, heads, end) = Whole(name);
        destination.Write(start);
        for (int i = 0; i < heads.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            destination.Write(heads[i]);
            _constants[i].WriteTo(destination);
        }

        destination.Write(end);
    }

    /// <summary>Writes the model without its weights: it names the file that <see cref="Write"/> has written and where in it they lie, so that a runtime maps them instead of reading them.</summary>
    /// <param name="destination">Where to; a file in the folder of the other one.</param>
    /// <param name="name">Name of the network, as it was written.</param>
    /// <param name="file">Name of the file with the weights, without a folder.</param>
    public void WriteOutline(Stream destination, string name, string file)
    {
        var (whole, heads, _) = Whole(name);
        long offset = whole.Length;
        using MemoryStream constants = new();
        for (int i = 0; i < heads.Length; i++)
        {
            offset += heads[i].Length;
            _constants[i].WriteOutline(constants, file, offset);
            offset += _constants[i].ByteLength;
        }

        var (start, end) = Frame(name, constants.Length);
        destination.Write(start);
        constants.WriteTo(destination);
        destination.Write(end);
    }

    private static OnnxMessage NodeOf(string kind, IEnumerable<string> inputs, IEnumerable<string> outputs, params ReadOnlySpan<NodeSetting> attributes)
    {
        var node = new OnnxMessage().Add(1, inputs).Add(2, outputs).Add(4, kind);
        foreach (var attribute in attributes)
        {
            node.Add(5, attribute.ToMessage());
        }

        return node;
    }

    /// <summary>A value's name, element type and sizes, as inputs and outputs of a graph have them.</summary>
    private static OnnxMessage Described(GraphValue value)
    {
        var sizes = new OnnxMessage().Add(1, new OnnxMessage().Add(2, Batch));
        for (int i = 0; i < value.Shape.Count; i++)
        {
            sizes.Add(1, value.Shape[i] is { } size ? new OnnxMessage().Add(1, size) : new OnnxMessage().Add(2, string.Create(CultureInfo.InvariantCulture, $"{value.Name}_{i + 1}")));
        }

        return new OnnxMessage().Add(1, value.Name).Add(2, new OnnxMessage().Add(1, new OnnxMessage().Add(1, OnnxConstant.Float).Add(2, sizes)));
    }

    private static int? Slid(int? size, int window, int stride, int padding, bool ceiling = false)
    {
        if (size is not { } known)
        {
            return null;
        }

        int room = known + padding - window;
        return room < 0 ? throw new InvalidDataException($"A window of {window} does not fit into {known + padding}.") : ((room + (ceiling ? stride - 1 : 0)) / stride) + 1;
    }

    private static void RequireChannels(GraphValue input, int channels)
    {
        if (input.Channels != channels)
        {
            throw new InvalidDataException($"{channels} numbers stand for {input.Channels} channels.");
        }
    }

    private static IReadOnlyList<int?> SameShape(GraphValue first, GraphValue second) => first.Shape.SequenceEqual(second.Shape)
        ? first.Shape
        : throw new InvalidDataException($"{string.Join('×', first.Shape)} and {string.Join('×', second.Shape)} cannot be added.");

    private static int[] ChannelShape(GraphValue input) => input.Shape.Count == 1 ? [input.Channels] : [input.Channels, 1, 1];

    private static int Count(GraphValue input) => input.Shape.Aggregate(1, static (product, size) => product * (size ?? throw new InvalidOperationException("Only a map of known size has a number of features.")));

    /// <summary>The model but its weights: what stands before all constants, before the numbers of each, and behind them.</summary>
    private (byte[] Start, byte[][] Heads, byte[] End) Whole(string name)
    {
        byte[][] heads = [.. _constants.Select(static constant => constant.Head())];
        var (start, end) = Frame(name, heads.Sum(static head => (long)head.Length) + _constants.Sum(static constant => constant.ByteLength));
        return (start, heads, end);
    }

    /// <summary>What stands before and behind the constants of a model.</summary>
    private (byte[] Start, byte[] End) Frame(string name, long constants)
    {
        OnnxMessage head = new();
        foreach (var node in _nodes)
        {
            head.Add(1, node);
        }

        head.Add(2, name);
        OnnxMessage tail = new();
        foreach (var input in _inputs)
        {
            tail.Add(11, input);
        }

        foreach (var output in _outputs)
        {
            tail.Add(12, output);
        }

        byte[] before = head.ToArray();
        byte[] after = tail.ToArray();
        byte[] model = new OnnxMessage()
            .Add(1, IrVersion)
            .Add(2, "FaceAspire")
            .Add(8, new OnnxMessage().Add(1, "").Add(2, OperatorSet))
            .AddLength(7, before.Length + after.Length + constants)
            .ToArray();
        return ([.. model, .. before], after);
    }

    private GraphValue Pool(string kind, GraphValue input, int size, int stride, Padding padding, bool ceiling)
    {
        var pads = padding.Resolve(input.Height, input.Width, (size, size), (stride, stride));
        return Node(
            kind,
            [input.Name],
            [input.Channels, Slid(input.Height, size, stride, pads.Top + pads.Bottom, ceiling), Slid(input.Width, size, stride, pads.Left + pads.Right, ceiling)],
            new("kernel_shape", [size, size]),
            new("strides", [stride, stride]),
            new("pads", [pads.Top, pads.Left, pads.Bottom, pads.Right]),
            new("ceil_mode", ceiling ? 1 : 0));
    }

    private string NewName(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{_names++}");
}
