using FaceAspire.ModelHub.Conversion;
using FaceAspire.ModelHub.Tests.Weights;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>OpenCV's SSD with random weights in its file's layout, beside its formulas in double precision.</summary>
public sealed class SsdRes10Tests : IDisposable
{
    private const int Side = 300;

    private readonly string _path = Path.GetTempFileName();
    private readonly Random _random = new(17);
    private readonly GraphDefSample _file = new();

    [Fact]
    public void Convert_RandomWeights_AgreesWithItsFormulas()
    {
        float[] input = [.. Numbers.Random(3 * Side * Side).Select(static number => (number - 0.5f) * 4)];
        var (boxes, scores) = Formulas(PlainMap.FromPlanes(input, 3, Side, Side));
        File.WriteAllBytes(_path, _file.ToArray());
        using MemoryStream network = new();
        ModelConverter.Convert("ssd-res10", _path, network, TestContext.Current.CancellationToken);

        using InferenceSession session = new(network.ToArray());
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [1, 3, Side, Side]);
        using RunOptions options = new();
        using var outputs = session.Run(options, ["input"], [tensor], ["boxes", "scores"]);
        outputs[0].GetTensorTypeAndShape().Shape.ShouldBe([1, 8892, 4]);
        outputs[0].GetTensorDataAsSpan<float>().ToArray().ShouldAgreeWith(boxes);
        outputs[1].GetTensorTypeAndShape().Shape.ShouldBe([1, 8892]);
        outputs[1].GetTensorDataAsSpan<float>().ToArray().ShouldAgreeWith(scores);
    }

    [Fact]
    public void Convert_OtherGraph_IsRefusedWithWhatIsMissing()
    {
        File.WriteAllBytes(_path, new GraphDefSample().Floats("conv/weights", [1], [1]).ToArray());

        Should.Throw<InvalidDataException>(() => ModelConverter.Convert("ssd-res10", _path, Stream.Null, TestContext.Current.CancellationToken))
            .Message.ShouldBe("The file has no tensor 'data_bn/gamma'.");
    }

    public void Dispose() => File.Delete(_path);

    private (double[] Boxes, double[] Scores) Formulas(PlainMap x)
    {
        x = Scale(Normalization(x, "data_bn"), "data_scale");
        x = x.Conv(Kernel("conv1_h", 7, 3, 32, "bias"), padding: 3).Every(2);
        x = Scale(Normalization(x, "conv1_bn_h"), "conv1_scale_h").Relu().MaxPool(3, 2, after: 1);
        x = Pair(x, "layer_64_1_conv1_h", "layer_64_1_scale2_h", "layer_64_1_conv2_h", 32, 32, 1, 1).Add(x);
        x = Scale(Normalization(x, "layer_128_1_bn1_h"), "layer_128_1_scale1_h").Relu();
        x = Pair(x, "layer_128_1_conv1_h", "layer_128_1_scale2", "layer_128_1_conv2", 128, 128, 2, 1).Add(x.Conv(Kernel("layer_128_1_conv_expand_h", 1, 32, 128)).Every(2));
        var fine = Scale(Normalization(x, "layer_256_1_bn1"), "layer_256_1_scale1").Relu();
        x = Pair(fine, "layer_256_1_conv1", "layer_256_1_scale2", "layer_256_1_conv2", 256, 256, 2, 1).Add(fine.Conv(Kernel("layer_256_1_conv_expand", 1, 128, 256)).Every(2));
        x = Scale(Normalization(x, "layer_512_1_bn1"), "layer_512_1_scale1").Relu();
        x = Pair(x, "layer_512_1_conv1_h", "layer_512_1_scale2_h", "layer_512_1_conv2_h", 128, 256, 1, 2).Add(x.Conv(Kernel("layer_512_1_conv_expand_h", 1, 256, 256)));
        x = Scale(Normalization(x, "last_bn_h"), "last_scale_h").Relu();
        var level6 = Narrowed(x, "conv6", 128, 256).Every(2);
        var level7 = Narrowed(level6, "conv7", 64, 128).Every(2);
        var level8 = Narrowed(level7, "conv8", 64, 128);
        var level9 = Narrowed(level8, "conv9", 64, 128);

        List<double> boxes = [], scores = [];
        Read("conv4_3_norm", UnitLength(fine), 8, 30, 60, [2]);
        Read("fc7", x, 16, 60, 111, [2, 3]);
        Read("conv6_2", level6, 32, 111, 162, [2, 3]);
        Read("conv7_2", level7, 64, 162, 213, [2, 3]);
        Read("conv8_2", level8, 100, 213, 264, [2]);
        Read("conv9_2", level9, 300, 264, 315, [2]);
        return ([.. boxes], [.. scores]);

        void Read(string name, PlainMap map, double step, double smallest, double next, double[] ratios)
        {
            int count = 2 + (2 * ratios.Length);
            var offsets = map.Conv(Kernel($"{name}_mbox_loc", 3, map.Channels, 4 * count, "bias", gain: 1 / 64f), padding: 1);
            var classes = map.Conv(Kernel($"{name}_mbox_conf", 3, map.Channels, 2 * count, "bias", gain: 1 / 64f), padding: 1);
            List<(double Width, double Height)> sizes = [(smallest, smallest), (Math.Sqrt(smallest * next), Math.Sqrt(smallest * next))];
            foreach (double ratio in ratios)
            {
                sizes.Add((smallest * Math.Sqrt(ratio), smallest / Math.Sqrt(ratio)));
                sizes.Add((smallest / Math.Sqrt(ratio), smallest * Math.Sqrt(ratio)));
            }

            for (int i = 0; i < map.Height * map.Width * count; i++)
            {
                var (width, height) = sizes[i % count];
                double x = ((i / count % map.Width) + 0.5) * step, y = ((i / count / map.Width) + 0.5) * step;
                var offset = offsets.Values.AsSpan(i * 4, 4);
                double centreX = x + (0.1 * offset[0] * width), centreY = y + (0.1 * offset[1] * height);
                double halfWidth = Math.Exp(0.2 * offset[2]) * width / 2, halfHeight = Math.Exp(0.2 * offset[3]) * height / 2;
                boxes.AddRange([(centreX - halfWidth) / Side, (centreY - halfHeight) / Side, (centreX + halfWidth) / Side, (centreY + halfHeight) / Side]);
                scores.Add(1 / (1 + Math.Exp(classes.Values[2 * i] - classes.Values[(2 * i) + 1])));
            }
        }
    }

    private PlainMap Pair(PlainMap x, string first, string scale, string second, int inner, int outputs, int stride, int dilation)
    {
        x = Scale(x.Conv(Kernel(first, 3, x.Channels, inner, "Conv2D_bn_offset"), padding: 1).Every(stride), scale).Relu();
        var kernel = Kernel(second, 3, inner, outputs);
        return x.Conv(dilation == 1 ? kernel : Spread(kernel), padding: dilation);
    }

    private PlainMap Narrowed(PlainMap x, string name, int inner, int outputs) =>
        x.Conv(Kernel($"{name}_1_h", 1, x.Channels, inner, "bias")).Relu().Conv(Kernel($"{name}_2_h", 3, inner, outputs, "bias"), padding: 1).Relu();

    /// <summary>x / √max(Σ x², least) of each place, times a number of each channel.</summary>
    private PlainMap UnitLength(PlainMap x)
    {
        const float Least = 1e-10f;
        _file.Floats("conv4_3_norm/l2_normalize/Maximum/y", [], [Least]);
        float[] scale = Positive("conv4_3_norm/mul", x.Channels);
        double[] values = [.. x.Values];
        for (int place = 0; place < x.Height * x.Width; place++)
        {
            double length = 0;
            for (int channel = 0; channel < x.Channels; channel++)
            {
                length += x.Values[(place * x.Channels) + channel] * x.Values[(place * x.Channels) + channel];
            }

            for (int channel = 0; channel < x.Channels; channel++)
            {
                values[(place * x.Channels) + channel] *= scale[channel] / Math.Sqrt(Math.Max(length, Least));
            }
        }

        return x with { Values = values };
    }

    private PlainMap Normalization(PlainMap x, string name)
    {
        float[] gamma = Positive($"{name}/gamma", x.Channels), beta = Small($"{name}/beta", x.Channels);
        float[] mean = Small($"{name}/mean", x.Channels), variance = Positive($"{name}/std", x.Channels);
        return x.Each((value, channel) => (gamma[channel] * (value - mean[channel]) / Math.Sqrt(variance[channel] + 1.001e-5)) + beta[channel]);
    }

    private PlainMap Scale(PlainMap x, string name)
    {
        float[] factor = Positive($"{name}/mul", x.Channels), shift = Small($"{name}/add", x.Channels);
        return x.Each((value, channel) => (value * factor[channel]) + shift[channel]);
    }

    private RandomKerasFile.Layer Kernel(string name, int size, int inputs, int outputs, string? bias = null, float gain = 1)
    {
        float step = MathF.ScaleB(1, (int)MathF.Floor(MathF.Log2(MathF.Sqrt(6f / (size * size * inputs)) / 128)));
        int[] shape = [size, size, inputs, outputs];
        float[] weights = Draw($"{name}/weights", shape, step * gain, zero: 128);
        return new(name, shape, weights, [outputs], bias is null ? new float[outputs] : Small($"{name}/{bias}", outputs));
    }

    /// <summary>The kernel with a row and a column of zeros between its own.</summary>
    private static RandomKerasFile.Layer Spread(RandomKerasFile.Layer layer)
    {
        int inputs = layer.KernelShape[2], outputs = layer.KernelShape[3], size = inputs * outputs;
        float[] spread = new float[25 * size];
        for (int place = 0; place < 9; place++)
        {
            layer.Kernel.AsSpan(place * size, size).CopyTo(spread.AsSpan(((place / 3 * 2 * 5) + (place % 3 * 2)) * size));
        }

        return layer with { KernelShape = [5, 5, inputs, outputs], Kernel = spread };
    }

    private float[] Positive(string name, int count) => Draw(name, [count], 1 / 256f, zero: -128);

    private float[] Small(string name, int count) => Draw(name, [count], 1 / 1024f, zero: 128);

    /// <summary>A tensor in bytes whose step is a power of two, so that its numbers are exact.</summary>
    private float[] Draw(string name, int[] shape, float step, int zero)
    {
        byte[] bytes = new byte[shape.Aggregate(1, static (product, size) => product * size)];
        _random.NextBytes(bytes);
        _file.Quantized(name, shape, bytes, -zero * step, (255 - zero) * step);
        return [.. bytes.Select(value => (value - zero) * step)];
    }
}
