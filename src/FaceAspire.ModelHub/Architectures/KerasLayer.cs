using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>A layer of a Keras file; each method says what the layer is and gives its weights, or refuses them with what differs.</summary>
/// <param name="place">Its place in the file.</param>
/// <param name="group">Its tensors, in stored order.</param>
internal readonly struct KerasLayer(int place, WeightGroup group)
{
    /// <summary>A convolution: rows, columns, inputs, outputs.</summary>
    public Kernel Conv(int rows, int columns, int inputs, int outputs, bool bias = false)
    {
        var tensors = Tensors(bias ? "kernel and bias" : "kernel", bias ? 2 : 1);
        return Kernel.Keras(Of(tensors[0], rows, columns, inputs, outputs), bias ? Of(tensors[1], outputs) : null);
    }

    /// <summary>A convolution of each channel alone.</summary>
    public Kernel Depthwise(int rows, int columns, int channels, bool bias = false)
    {
        var tensors = Tensors(bias ? "kernel and bias" : "kernel", bias ? 2 : 1);
        return Kernel.KerasDepthwise(Of(tensors[0], rows, columns, channels, 1), bias ? Of(tensors[1], channels) : null);
    }

    /// <summary>A convolution of each channel alone and one of 1×1 behind it, stored as one layer without bias.</summary>
    public (Kernel Depthwise, Kernel Pointwise) Separable(int rows, int columns, int inputs, int outputs)
    {
        var tensors = Tensors("depthwise and pointwise kernel", 2);
        return (Kernel.KerasDepthwise(Of(tensors[0], rows, columns, inputs, 1)), Kernel.Keras(Of(tensors[1], 1, 1, inputs, outputs)));
    }

    /// <summary>A batch normalization; without <paramref name="gamma"/> its scale is 1.</summary>
    public ChannelAffine Norm(int channels, double epsilon, bool gamma = true)
    {
        var tensors = Tensors(gamma ? "gamma, beta, mean and variance" : "beta, mean and variance", gamma ? 4 : 3);
        foreach (var tensor in tensors)
        {
            Of(tensor, channels);
        }

        return ChannelAffine.BatchNormalization(gamma ? tensors[0] : null, tensors[^3], tensors[^2], tensors[^1], epsilon);
    }

    /// <summary>A fully connected layer with bias.</summary>
    public (WeightTensor Weights, WeightTensor Bias) Dense(int inputs, int outputs)
    {
        var tensors = Tensors("kernel and bias", 2);
        return (Of(tensors[0], inputs, outputs), Of(tensors[1], outputs));
    }

    /// <summary>A fully connected layer without bias.</summary>
    public WeightTensor DenseWithoutBias(int inputs, int outputs) => Of(Tensors("kernel", 1)[0], inputs, outputs);

    /// <summary>The slopes of a PReLU, one for each channel.</summary>
    public WeightTensor Slopes(int channels) => Of(Tensors("alpha", 1)[0], 1, 1, channels);

    /// <summary>A locally connected layer with bias: a matrix of inputs × outputs, and a bias, for each place.</summary>
    public (WeightTensor Weights, WeightTensor Bias) LocallyConnected(int rows, int columns, int inputs, int outputs)
    {
        var tensors = Tensors("kernel and bias", 2);
        return (Of(tensors[0], rows * columns, inputs, outputs), Of(tensors[1], rows, columns, outputs));
    }

    private IReadOnlyList<WeightTensor> Tensors(string expected, int count) => group.Tensors.Count == count
        ? group.Tensors
        : throw new InvalidDataException($"Layer {place} '{group.Name}' has {group.Tensors.Count} tensors where {expected} are expected.");

    private WeightTensor Of(WeightTensor tensor, params ReadOnlySpan<int> shape) => tensor.Shape.SequenceEqual(shape.ToArray())
        ? tensor
        : throw new InvalidDataException($"Layer {place} '{group.Name}' is {WeightTensor.Describe(tensor.Shape)} where {WeightTensor.Describe(shape.ToArray())} is expected.");
}
