using FaceAspire.ModelHub.Conversion;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>Networks with random weights at full size, against their formulas in double precision.</summary>
public sealed class UpstreamKerasTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-keras-").FullName;

    private string FilePath => Path.Combine(_folder, "weights.h5");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Facenet", "facenet-128")]
    [InlineData("Facenet512", "facenet-512")]
    public void Convert_Facenet_AgreesWithItsFormulas(string network, string architecture)
    {
        const double Epsilon = 0.001;
        UpstreamKerasFile weights = new(network, seed: 11);
        weights.Write(FilePath);
        float[] input = Numbers.Random(3 * 160 * 160);

        var x = Cell(PlainMap.FromPlanes(input, 3, 160, 160), "Conv2d_1a_3x3", 2);
        x = Cell(Cell(x, "Conv2d_2a_3x3"), "Conv2d_2b_3x3", same: true).MaxPool(3, 2);
        x = Cell(Cell(Cell(x, "Conv2d_3b_1x1"), "Conv2d_4a_3x3"), "Conv2d_4b_3x3", 2);
        for (int i = 1; i <= 5; i++)
        {
            string b = $"Block35_{i}";
            x = Residual(
                x,
                b,
                0.17,
                Cell(x, $"{b}_Branch_0_Conv2d_1x1"),
                Cell(Cell(x, $"{b}_Branch_1_Conv2d_0a_1x1"), $"{b}_Branch_1_Conv2d_0b_3x3", same: true),
                Cell(Cell(Cell(x, $"{b}_Branch_2_Conv2d_0a_1x1"), $"{b}_Branch_2_Conv2d_0b_3x3", same: true), $"{b}_Branch_2_Conv2d_0c_3x3", same: true)).Relu();
        }

        x = PlainMap.Concat(
            Cell(x, "Mixed_6a_Branch_0_Conv2d_1a_3x3", 2),
            Cell(Cell(Cell(x, "Mixed_6a_Branch_1_Conv2d_0a_1x1"), "Mixed_6a_Branch_1_Conv2d_0b_3x3", same: true), "Mixed_6a_Branch_1_Conv2d_1a_3x3", 2),
            x.MaxPool(3, 2));
        for (int i = 1; i <= 10; i++)
        {
            x = Residual(x, $"Block17_{i}", 0.1, Pair(x, $"Block17_{i}", i, "1x7", "7x1")).Relu();
        }

        x = PlainMap.Concat(
            Cell(Cell(x, "Mixed_7a_Branch_0_Conv2d_0a_1x1"), "Mixed_7a_Branch_0_Conv2d_1a_3x3", 2),
            Cell(Cell(x, "Mixed_7a_Branch_1_Conv2d_0a_1x1"), "Mixed_7a_Branch_1_Conv2d_1a_3x3", 2),
            Cell(Cell(Cell(x, "Mixed_7a_Branch_2_Conv2d_0a_1x1"), "Mixed_7a_Branch_2_Conv2d_0b_3x3", same: true), "Mixed_7a_Branch_2_Conv2d_1a_3x3", 2),
            x.MaxPool(3, 2));
        for (int i = 1; i <= 5; i++)
        {
            x = Residual(x, $"Block8_{i}", 0.2, Pair(x, $"Block8_{i}", i, "1x3", "3x1")).Relu();
        }

        x = Residual(x, "Block8_6", 1, Pair(x, "Block8_6", 1, "1x3", "3x1"));
        x = weights.Norm(x.Mean().Dense(weights.Conv("Bottleneck")), "Bottleneck_BatchNorm", Epsilon);

        using var converted = ConvertedNetwork.From(architecture, FilePath);
        converted.Run(input, 1, 3, 160, 160).ShouldAgreeWith(x.Values);

        PlainMap Cell(PlainMap map, string name, int stride = 1, bool same = false)
        {
            var layer = weights.Conv(name);
            var source = same ? map.PadSame(layer.KernelShape[0], layer.KernelShape[1], stride) : map;
            return weights.Norm(source.Conv(layer).Every(stride), $"{name}_BatchNorm", Epsilon).Relu();
        }

        PlainMap[] Pair(PlainMap map, string block, int branch, string second, string third) =>
        [
            Cell(map, $"{block}_Branch_0_Conv2d_1x1"),
            Cell(Cell(Cell(map, $"{block}_Branch_{branch}_Conv2d_0a_1x1"), $"{block}_Branch_{branch}_Conv2d_0b_{second}", same: true), $"{block}_Branch_{branch}_Conv2d_0c_{third}", same: true),
        ];

        PlainMap Residual(PlainMap map, string block, double scale, params PlainMap[] branches) =>
            map.Add(PlainMap.Concat(branches).Conv(weights.Conv($"{block}_Conv2d_1x1")).Each((value, _) => value * scale));
    }

    [Fact]
    public void Convert_ArcFace_AgreesWithItsFormulas()
    {
        const double Epsilon = 2e-5;
        UpstreamKerasFile weights = new("ArcFace", seed: 12);
        weights.Write(FilePath);
        float[] input = Numbers.Random(3 * 112 * 112);

        var x = Slopes(weights.Norm(PlainMap.FromPlanes(input, 3, 112, 112).Conv(weights.Conv("conv1_conv"), 1), "conv1_bn", Epsilon), "conv1_prelu");
        foreach (var (stack, blocks) in new[] { ("conv2", 3), ("conv3", 4), ("conv4", 6), ("conv5", 3) })
        {
            for (int block = 1; block <= blocks; block++)
            {
                string b = $"{stack}_block{block}";
                int stride = block == 1 ? 2 : 1;
                var y = weights.Norm(x, $"{b}_1_bn", Epsilon).Conv(weights.Conv($"{b}_1_conv"), 1);
                y = Slopes(weights.Norm(y, $"{b}_2_bn", Epsilon), $"{b}_1_prelu");
                y = weights.Norm(y.Conv(weights.Conv($"{b}_2_conv"), 1).Every(stride), $"{b}_3_bn", Epsilon);
                x = y.Add(block == 1 ? weights.Norm(x.Every(2).Conv(weights.Conv($"{b}_0_conv")), $"{b}_0_bn", Epsilon) : x);
            }
        }

        x = weights.Norm(weights.Norm(x, "batch_normalization_53", Epsilon).Dense(weights.Conv("dense")), "embedding", Epsilon);

        using var converted = ConvertedNetwork.From("arcface-r34", FilePath);
        converted.Run(input, 1, 3, 112, 112).ShouldAgreeWith(x.Values);

        PlainMap Slopes(PlainMap map, string name)
        {
            float[] alpha = weights.Numbers(name, "alpha");
            return map.Each((value, channel) => value < 0 ? value * alpha[channel] : value);
        }
    }

    [Fact]
    public void Convert_OpenFace_AgreesWithItsFormulas()
    {
        const double Epsilon = 1e-5;
        UpstreamKerasFile weights = new("OpenFace", seed: 13);
        weights.Write(FilePath);
        float[] input = Numbers.Random(3 * 96 * 96);

        var x = Cell(PlainMap.FromPlanes(input, 3, 96, 96), "conv1", "bn1", 3, 2).Pad(1, 1, 1, 1).MaxPool(3, 2).LocalNorm(5, 1e-4);
        x = Cell(Cell(x, "conv2", "bn2"), "conv3", "bn3", 1).LocalNorm(5, 1e-4).Pad(1, 1, 1, 1).MaxPool(3, 2);
        x = PlainMap.Concat(Three(x, "3a"), Five(x, "3a"), Pooled(x.MaxPool(3, 2), "3a").Pad(3, 3, 4, 4), One(x, "3a"));
        x = PlainMap.Concat(Three(x, "3b"), Five(x, "3b"), Pooled(x.NormPool(3, 3), "3b").Pad(4, 4, 4, 4), One(x, "3b"));
        x = PlainMap.Concat(Three(x, "3c", 2), Five(x, "3c", 2), x.MaxPool(3, 2).Pad(0, 0, 1, 1));
        x = PlainMap.Concat(Three(x, "4a"), Five(x, "4a"), Pooled(x.NormPool(3, 3), "4a").Pad(2, 2, 2, 2), One(x, "4a"));
        x = PlainMap.Concat(Three(x, "4e", 2), Five(x, "4e", 2), x.MaxPool(3, 2).Pad(0, 0, 1, 1));
        x = PlainMap.Concat(Three(x, "5a"), Pooled(x.NormPool(3, 3), "5a").Pad(1, 1, 1, 1), One(x, "5a"));
        x = PlainMap.Concat(Three(x, "5b"), Pooled(x.MaxPool(3, 2), "5b").Pad(1, 1, 1, 1), One(x, "5b"));
        x = x.Mean().Dense(weights.Conv("dense_layer"));
        double length = Math.Sqrt(x.Values.Sum(static value => value * value));

        using var converted = ConvertedNetwork.From("openface", FilePath);
        float[] actual = converted.Run([.. input, .. input], 2, 3, 96, 96);
        actual[..128].ShouldAgreeWith([.. x.Values.Select(value => value / length)]);
        actual[128..].ShouldBe(actual[..128]);

        PlainMap Cell(PlainMap map, string conv, string norm, int padding = 0, int stride = 1) =>
            weights.Norm(map.Conv(weights.Conv(conv), padding).Every(stride), norm, Epsilon).Relu();

        PlainMap Three(PlainMap map, string block, int stride = 1) =>
            Cell(Cell(map, $"inception_{block}_3x3_conv1", $"inception_{block}_3x3_bn1"), $"inception_{block}_3x3_conv2", $"inception_{block}_3x3_bn2", 1, stride);

        PlainMap Five(PlainMap map, string block, int stride = 1) =>
            Cell(Cell(map, $"inception_{block}_5x5_conv1", $"inception_{block}_5x5_bn1"), $"inception_{block}_5x5_conv2", $"inception_{block}_5x5_bn2", 2, stride);

        PlainMap Pooled(PlainMap map, string block) => Cell(map, $"inception_{block}_pool_conv", $"inception_{block}_pool_bn");

        PlainMap One(PlainMap map, string block) => Cell(map, $"inception_{block}_1x1_conv", $"inception_{block}_1x1_bn");
    }

    [Fact]
    public void Convert_GhostFaceNet_AgreesWithItsFormulas()
    {
        const double Epsilon = 0.001;
        UpstreamKerasFile weights = new("GhostFaceNet", seed: 14);
        weights.Write(FilePath);
        float[] input = Numbers.Random(3 * 112 * 112);
        int at = 0; // the table is walked in the order of the file

        var x = Slopes(weights.Norm(PlainMap.FromPlanes(input, 3, 112, 112).Conv(weights.Conv(at++), 1), at++, Epsilon));
        (int Kernel, int Stride, int Out, bool Excites, bool Shortcut)[] rows =
        [
            (3, 1, 20, false, false), (3, 2, 32, false, true), (3, 1, 32, false, false), (5, 2, 52, true, true), (5, 1, 52, true, false), (3, 2, 104, false, true),
            (3, 1, 104, false, false), (3, 1, 104, false, false), (3, 1, 104, false, false), (3, 1, 144, true, true), (3, 1, 144, true, false), (5, 2, 208, true, true),
            (5, 1, 208, false, false), (5, 1, 208, true, false), (5, 1, 208, false, false), (5, 1, 208, true, false),
        ];
        foreach (var (kernel, stride, outputs, excites, shortcut) in rows)
        {
            var first = Slopes(weights.Norm(x.Conv(weights.Conv(at++)), at++, Epsilon));
            var y = PlainMap.Concat(first, Slopes(weights.Norm(Depthwise(first, at++, 3, 1), at++, Epsilon)));
            if (stride == 2)
            {
                y = weights.Norm(Depthwise(y, at++, kernel, 2), at++, Epsilon);
            }

            if (excites)
            {
                var share = Slopes(y.Mean().Conv(weights.Conv(at++))).Conv(weights.Conv(at++));
                y = y.Each((value, channel) => value * Math.Clamp((0.2 * share.Values[channel]) + 0.5, 0, 1));
            }

            int start = at;
            int step = shortcut ? 2 : 1;
            var half = weights.Norm(y.Conv(weights.Conv(start)), start + step, Epsilon);
            half.Channels.ShouldBe(outputs / 2);
            y = PlainMap.Concat(half, weights.Norm(Depthwise(half, start + (2 * step), 3, 1), start + (3 * step), Epsilon));
            var side = x;
            if (shortcut)
            {
                side = weights.Norm(Depthwise(x, start + 1, kernel, stride), start + 3, Epsilon);
                side = weights.Norm(side.Conv(weights.Conv(start + 5)), start + 7, Epsilon);
            }

            at = start + (4 * step);
            x = y.Add(side);
        }

        x = Slopes(weights.Norm(x.Conv(weights.Conv(at++)), at++, Epsilon));
        x = weights.Norm(x.Depthwise(weights.Numbers("GDC_dw", "depthwise_kernel"), 7, 7, 1), "GDC_batchnorm", Epsilon);
        x = weights.Norm(x.Conv(weights.Conv("GDC_conv")), "pre_embedding", Epsilon);

        using var converted = ConvertedNetwork.From("ghostfacenet-v1", FilePath);
        converted.Run(input, 1, 3, 112, 112).ShouldAgreeWith(x.Values);

        PlainMap Slopes(PlainMap map)
        {
            float[] alpha = weights.Numbers(at++);
            return map.Each((value, channel) => value < 0 ? value * alpha[channel] : value);
        }

        PlainMap Depthwise(PlainMap map, int place, int kernel, int stride) => map.PadSame(kernel, kernel, stride).Depthwise(weights.Numbers(place), kernel, kernel, stride);
    }

    [Fact]
    public void Convert_RetinaFace_AgreesWithItsFormulasAtAnySize()
    {
        const double Epsilon = 1.9999999494757503e-05;
        const int Height = 72, Width = 104; // 3 × 4 cells of the widest stride, and no multiple of it
        UpstreamKerasFile weights = new("RetinaFace", seed: 17);
        weights.Write(FilePath);
        float[] input = [.. Numbers.Random(3 * Height * Width).Select(static value => value * 255)];

        var x = weights.Norm(PlainMap.FromPlanes(input, 3, Height, Width), "bn_data", Epsilon);
        x = Norm(x.Pad(3, 3, 3, 3).Conv(weights.Conv("conv0")).Every(2), "bn0").Pad(1, 1, 1, 1).MaxPool(3, 2);
        List<PlainMap> taps = [];
        foreach (var (stage, units) in new[] { (1, 3), (2, 4), (3, 6), (4, 3) })
        {
            for (int unit = 1; unit <= units; unit++)
            {
                string name = $"stage{stage}_unit{unit}";
                int stride = unit == 1 && stage > 1 ? 2 : 1;
                var start = Norm(x, $"{name}_bn1");
                var inner = Norm(start.Conv(weights.Conv($"{name}_conv1")), $"{name}_bn2");
                var y = Norm(inner.Conv(weights.Conv($"{name}_conv2"), 1).Every(stride), $"{name}_bn3").Conv(weights.Conv($"{name}_conv3"));
                x = y.Add(unit == 1 ? start.Conv(weights.Conv($"{name}_sc")).Every(stride) : x);
                if (unit == 1)
                {
                    taps.Add(inner);
                }
            }
        }

        var c3 = Cell(Norm(x, "bn1"), "ssh_c3_lateral", 0);
        var c2 = Cell(taps[3], "ssh_c2_lateral", 0);
        c2 = Cell(c2.Add(Enlarged(c3, c2)), "ssh_c2_aggr", 1);
        var c1 = Cell(taps[2], "ssh_m1_red_conv", 0);
        c1 = Cell(c1.Add(Enlarged(c2, c1)), "ssh_c1_aggr", 1);
        double[][] expected = [.. Outputs(c3, "ssh_m3", 32), .. Outputs(c2, "ssh_m2", 16), .. Outputs(c1, "ssh_m1", 8)];

        using MemoryStream onnx = new(Convert("retinaface-r50"));
        using InferenceSession session = new(onnx.ToArray());
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [1, 3, Height, Width]);
        using RunOptions options = new();
        using var outputs = session.Run(options, ["input"], [tensor], session.OutputNames);
        outputs.Count.ShouldBe(9);
        for (int i = 0; i < expected.Length; i++)
        {
            outputs[i].GetTensorDataAsSpan<float>().ToArray().ShouldAgreeWith(expected[i]);
        }

        PlainMap Norm(PlainMap map, string name) => weights.Norm(map, name, Epsilon).Relu();

        PlainMap Bare(PlainMap map, string name, int padding) => weights.Norm(map.Conv(weights.Conv(name), padding), $"{name}_bn", Epsilon);

        PlainMap Cell(PlainMap map, string name, int padding) => Bare(map, name, padding).Relu();

        static PlainMap Enlarged(PlainMap map, PlainMap other)
        {
            int top = ((2 * map.Height) - other.Height) / 2, left = ((2 * map.Width) - other.Width) / 2;
            double[] values = new double[other.Height * other.Width * map.Channels];
            for (int i = 0; i < values.Length; i++)
            {
                int place = i / map.Channels;
                int row = ((place / other.Width) + top) / 2, column = ((place % other.Width) + left) / 2;
                values[i] = map.Values[(((row * map.Width) + column) * map.Channels) + (i % map.Channels)];
            }

            return new(other.Height, other.Width, map.Channels, values);
        }

        IEnumerable<double[]> Outputs(PlainMap map, string head, int stride)
        {
            var context = Cell(map, $"{head}_det_context_conv1", 1);
            var wider = Bare(Cell(context, $"{head}_det_context_conv3_1", 1), $"{head}_det_context_conv3_2", 1);
            var all = PlainMap.Concat(Bare(map, $"{head}_det_conv1", 1), Bare(context, $"{head}_det_context_conv2", 1), wider).Relu();
            double[] scores = all.Conv(weights.Conv($"face_rpn_cls_score_stride{stride}")).Values;
            double[] shares = new double[scores.Length];
            for (int i = 0; i < scores.Length; i++)
            {
                double other = scores[i % 4 < 2 ? i + 2 : i - 2];
                shares[i] = 1 / (1 + Math.Exp(other - scores[i]));
            }

            yield return shares;
            yield return all.Conv(weights.Conv($"face_rpn_bbox_pred_stride{stride}")).Values;
            yield return all.Conv(weights.Conv($"face_rpn_landmark_pred_stride{stride}")).Values;
        }
    }

    [Theory]
    [InlineData("Facenet", "facenet-128")]
    [InlineData("OpenFace", "openface")]
    [InlineData("GhostFaceNet", "ghostfacenet-v1")]
    public void Convert_NamesThatSayNothing_GoesByTheStoredOrder(string network, string architecture)
    {
        UpstreamKerasFile weights = new(network, seed: 15);
        weights.Write(FilePath);
        byte[] named = Convert(architecture);
        weights.Write(FilePath, isNamed: false);

        Convert(architecture).AsSpan().SequenceEqual(named).ShouldBeTrue();
    }

    [Fact]
    public void Convert_OtherDimension_SaysWhatDiffers()
    {
        new UpstreamKerasFile("Facenet512", seed: 16).Write(FilePath);

        Should.Throw<InvalidDataException>(() => Convert("facenet-128")).Message.ShouldBe("Layer 243 'Bottleneck' is 1792×512 where 1792×128 is expected.");
        Should.Throw<InvalidDataException>(() => Convert("openface")).Message.ShouldBe("The file has 245 layers with weights, OpenFace has 75.");
    }

    private byte[] Convert(string architecture)
    {
        using MemoryStream onnx = new();
        ModelConverter.Convert(architecture, FilePath, onnx, TestContext.Current.CancellationToken);
        return onnx.ToArray();
    }
}
