using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>Takes the layers of a dlib file one after the other and says which one is not the expected.</summary>
internal sealed class DlibLayers(WeightFile file, string network)
{
    /// <summary>What dlib subtracts from red, green and blue before it divides by 256.</summary>
    private static readonly double[] _means = [122.782, 117.001, 104.298];

    private int _next;

    /// <summary>The input layer, whose means the callers of the graph subtract.</summary>
    public void Input()
    {
        var group = Next("input_rgb_image");
        if (group.Settings!.Zip(_means).Any(static pair => Math.Abs(pair.First - pair.Second) > 1e-3))
        {
            throw new InvalidDataException($"'{group.Name}' subtracts {string.Join(", ", group.Settings!.Take(3))} where {network} subtracts {string.Join(", ", _means)}.");
        }
    }

    /// <summary>A convolution, with or without biases.</summary>
    public Kernel Convolution(int outputs, int inputs, int size, int stride, int padding)
    {
        var group = Next("con_");
        var kernel = Kernel.Torch(group.Tensors[0].Of(outputs, inputs, size, size), group.Tensors.ElementAtOrDefault(1));
        ReadOnlySpan<double> expected = [outputs, size, size, stride, stride, padding, padding];
        return expected.SequenceEqual([.. group.Settings!.Take(expected.Length)])
            ? kernel
            : throw new InvalidDataException($"'{group.Name}' has other strides or paddings than {network}.");
    }

    /// <summary>A batch normalization, whether dlib's tool for it has turned it into its affine form or not.</summary>
    public ChannelAffine Normalization(int channels)
    {
        var group = Next("affine_", "bn_con");
        var gamma = group.Tensors[0].Of(channels);
        var beta = group.Tensors.Count > 1 ? group.Tensors[1].Of(channels) : throw new InvalidDataException($"'{group.Name}' has no shifts.");
        return group.Tensors.Count == 2
            ? new(gamma.ToArray(), beta.ToArray())
            : ChannelAffine.BatchNormalization(gamma, beta, group.Tensors[2].Of(channels), group.Tensors[3].Of(channels), group.Settings![^1]);
    }

    /// <summary>A fully connected layer: inputs × outputs, and a bias for each output where there is one.</summary>
    public (WeightTensor Weights, WeightTensor? Bias) Dense(int inputs, int outputs, bool bias)
    {
        var group = Next("fc_");
        return (group.Tensors.Count == (bias ? 2 : 1))
            ? (group.Tensors[0].Of(inputs, outputs), bias ? group.Tensors[1].Of(outputs) : null)
            : throw new InvalidDataException($"'{group.Name}' has {(bias ? "no " : "")}biases, unlike {network}.");
    }

    /// <summary>That nothing is left.</summary>
    public void End()
    {
        if (_next < file.Groups.Count)
        {
            throw new InvalidDataException($"The file has {file.Groups.Count} layers with numbers, {network} has {_next}.");
        }
    }

    private WeightGroup Next(params ReadOnlySpan<string> tags)
    {
        var group = _next < file.Groups.Count ? file.Groups[_next] : throw new InvalidDataException($"The file has {_next} layers with numbers, {network} has more.");
        _next++;
        foreach (string tag in tags)
        {
            if (group.Name.StartsWith(tag, StringComparison.Ordinal))
            {
                return group;
            }
        }

        throw new InvalidDataException($"Layer {_next} is '{group.Name}' where {network} has '{tags[0]}'.");
    }
}
