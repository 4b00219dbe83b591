using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Graphs;

/// <summary>The weights of a convolution, read from their file and put into ONNX's order (output, input of its group, row, column) only while the graph is written.</summary>
public sealed class Kernel
{
    private readonly Layout _layout;
    private readonly WeightTensor _weights;
    private readonly ChannelAffine? _affine;
    private readonly WeightTensor? _bias;

    private Kernel(Layout layout, WeightTensor weights, WeightTensor? bias, ChannelAffine? affine)
    {
        (_layout, _weights, _bias, _affine) = (layout, weights, bias, affine);
        if (weights.Shape.Count != 4)
        {
            throw new InvalidDataException($"'{weights.Name}' is {WeightTensor.Describe(weights.Shape)} where the four sizes of a convolution are expected.");
        }

        (Outputs, Inputs, Height, Width) = layout switch
        {
            Layout.Torch => (weights.Shape[0], weights.Shape[1], weights.Shape[2], weights.Shape[3]),
            Layout.Keras => (weights.Shape[3], weights.Shape[2], weights.Shape[0], weights.Shape[1]),
            _ => (weights.Shape[2], weights.Shape[3], weights.Shape[0], weights.Shape[1]),
        };
        _ = bias?.Of(Outputs);
    }

    private enum Layout
    {
        Torch,
        Keras,
        KerasDepthwise,
    }

    /// <summary>Channels that come out.</summary>
    public int Outputs { get; }

    /// <summary>Channels that go into each group.</summary>
    public int Inputs { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Whether it has a bias, stored or folded in.</summary>
    public bool HasBias => _bias is not null || _affine is not null;

    /// <summary>How many numbers it has.</summary>
    public int Length => _weights.Length;

    /// <summary>Stored as output, input, row, column: PyTorch, dlib, MXNet.</summary>
    public static Kernel Torch(WeightTensor weights, WeightTensor? bias = null) => new(Layout.Torch, weights, bias, null);

    /// <summary>Stored as row, column, input, output: Keras and TensorFlow.</summary>
    public static Kernel Keras(WeightTensor weights, WeightTensor? bias = null) => new(Layout.Keras, weights, bias, null);

    /// <summary>A convolution of each channel alone, stored as row, column, channel, 1: Keras and TensorFlow.</summary>
    /// <exception cref="InvalidDataException">More than one output a channel.</exception>
    public static Kernel KerasDepthwise(WeightTensor weights, WeightTensor? bias = null) => weights.Shape is [_, _, _, 1]
        ? new(Layout.KerasDepthwise, weights, bias, null)
        : throw new InvalidDataException($"'{weights.Name}' is {WeightTensor.Describe(weights.Shape)} where one output for each channel is expected.");

    /// <summary>The convolution with what follows it folded in.</summary>
    public Kernel Then(ChannelAffine affine) => affine.Count == Outputs
        ? new(_layout, _weights, _bias, _affine?.Then(affine) ?? affine)
        : throw new InvalidDataException($"'{_weights.Name}' has {Outputs} outputs, its normalization {affine.Count}.");

    /// <summary>The bias, one number for each output.</summary>
    internal float[] Bias()
    {
        float[] bias = _bias?.ToArray() ?? new float[Outputs];
        for (int output = 0; _affine is not null && output < bias.Length; output++)
        {
            bias[output] = (bias[output] * _affine.Scale[output]) + _affine.Shift[output];
        }

        return bias;
    }

    /// <summary>Writes the weights in ONNX's order, a block of outputs at a time. Holds the stored tensor once and nothing else of its size.</summary>
    internal void Write(WeightSink sink)
    {
        const int Block = 16; // outputs that lie side by side in Keras's order: one cache line of each row
        float[] stored = _weights.ToArray();
        int size = Length / Outputs;
        float[] block = new float[Math.Min(Block, Outputs) * size];
        for (int first = 0; first < Outputs; first += Block)
        {
            int count = Math.Min(Block, Outputs - first);
            Gather(stored, first, count, size, block);
            for (int i = 0; i < count && _affine is not null; i++)
            {
                System.Numerics.Tensors.TensorPrimitives.Multiply(block.AsSpan(i * size, size), _affine.Scale[first + i], block.AsSpan(i * size, size));
            }

            sink(block.AsSpan(0, count * size));
        }
    }

    private void Gather(float[] stored, int first, int count, int size, float[] block)
    {
        if (_layout == Layout.Torch)
        {
            stored.AsSpan(first * size, count * size).CopyTo(block);
            return;
        }

        // In Keras's order the outputs lie side by side: for each place and input one run of them.
        int places = Height * Width;
        for (int place = 0; place < places; place++)
        {
            for (int input = 0; input < Inputs; input++)
            {
                int source = _layout == Layout.KerasDepthwise ? (place * Outputs) + first : (((place * Inputs) + input) * Outputs) + first;
                int destination = (input * places) + place;
                for (int i = 0; i < count; i++)
                {
                    block[(i * size) + destination] = stored[source + i];
                }
            }
        }
    }
}
