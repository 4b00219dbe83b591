using System.Globalization;
using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>MiniFASNet, which tells faces from pictures of faces (Silent-Face-Anti-Spoofing). Input: BGR of 80×80, 0 to 255; output: three logits.</summary>
internal static class MiniFasNet
{
    private const double Epsilon = 1e-5;

    /// <summary>The network for a box 2.7 times as large as the face.</summary>
    public static void BuildV2(WeightFile file, GraphBuilder graph) => Build(file, graph, [13, 13, 13, 13], [231, 52, 26, 77, 26, 26], squeezed: false);

    /// <summary>The network for a box 4 times as large, with squeeze-excite at the end of each stage.</summary>
    public static void BuildV1Se(WeightFile file, GraphBuilder graph) => Build(file, graph, [13, 26, 13, 52], [154, 52, 26, 52, 26, 26], squeezed: true);

    private static void Build(WeightFile file, GraphBuilder graph, ReadOnlySpan<int> third, ReadOnlySpan<int> fourth, bool squeezed)
    {
        var x = graph.Input(3, 80, 80);
        x = Block(graph, file, x, "conv1", 32, 3, stride: 2, Padding.All(1));
        x = Depthwise(graph, file, x, "conv2_dw", 3, stride: 1, Padding.All(1), active: true);
        x = Unit(graph, file, x, "conv_23", 103, 64, stride: 2);
        x = Stage(graph, file, x, "conv_3", third, squeezed);
        x = Unit(graph, file, x, "conv_34", 231, 128, stride: 2);
        x = Stage(graph, file, x, "conv_4", fourth, squeezed);
        x = Unit(graph, file, x, "conv_45", 308, 128, stride: 2);
        x = Stage(graph, file, x, "conv_5", [26, 26], squeezed);
        x = Block(graph, file, x, "conv_6_sep", 512, 1, stride: 1, Padding.Valid);
        x = Depthwise(graph, file, x, "conv_6_dw", 5, stride: 1, Padding.Valid, active: false);
        x = graph.Dense(graph.Flatten(x), file["linear.weight"].Of(128, 512), transposed: true);
        x = graph.Affine(x, Normalization(file, "bn", 128));
        graph.Output(graph.Dense(x, file["prob.weight"].Of(3, 128), transposed: true), "logits");
    }

    private static GraphValue Stage(GraphBuilder graph, WeightFile file, GraphValue x, string name, ReadOnlySpan<int> widths, bool squeezed)
    {
        for (int i = 0; i < widths.Length; i++)
        {
            string unit = string.Create(CultureInfo.InvariantCulture, $"{name}.model.{i}");
            var y = Unit(graph, file, x, unit, widths[i], x.Channels, stride: 1);
            x = graph.Add(x, squeezed && i == widths.Length - 1 ? Squeezed(graph, file, y, $"{unit}.se_module") : y);
        }

        return x;
    }

    private static GraphValue Unit(GraphBuilder graph, WeightFile file, GraphValue x, string name, int width, int outputs, int stride)
    {
        x = Block(graph, file, x, $"{name}.conv", width, 1, stride: 1, Padding.Valid);
        x = Depthwise(graph, file, x, $"{name}.conv_dw", 3, stride, Padding.All(1), active: true);
        return graph.Conv(x, Kernel.Torch(file[$"{name}.project.conv.weight"].Of(outputs, width, 1, 1)).Then(Normalization(file, $"{name}.project.bn", outputs)));
    }

    private static GraphValue Block(GraphBuilder graph, WeightFile file, GraphValue x, string name, int outputs, int size, int stride, Padding padding)
    {
        var kernel = Kernel.Torch(file[$"{name}.conv.weight"].Of(outputs, x.Channels, size, size)).Then(Normalization(file, $"{name}.bn", outputs));
        return graph.PRelu(graph.Conv(x, kernel, stride, padding), file[$"{name}.prelu.weight"]);
    }

    private static GraphValue Depthwise(GraphBuilder graph, WeightFile file, GraphValue x, string name, int size, int stride, Padding padding, bool active)
    {
        var kernel = Kernel.Torch(file[$"{name}.conv.weight"].Of(x.Channels, 1, size, size)).Then(Normalization(file, $"{name}.bn", x.Channels));
        var y = graph.Conv(x, kernel, stride, padding, x.Channels);
        return active ? graph.PRelu(y, file[$"{name}.prelu.weight"]) : y;
    }

    private static GraphValue Squeezed(GraphBuilder graph, WeightFile file, GraphValue x, string name)
    {
        int inner = x.Channels / 4;
        var y = graph.Node("GlobalAveragePool", [x.Name], [x.Channels, 1, 1]);
        y = graph.Relu(graph.Conv(y, Kernel.Torch(file[$"{name}.fc1.weight"].Of(inner, x.Channels, 1, 1)).Then(Normalization(file, $"{name}.bn1", inner))));
        y = graph.Conv(y, Kernel.Torch(file[$"{name}.fc2.weight"].Of(x.Channels, inner, 1, 1)).Then(Normalization(file, $"{name}.bn2", x.Channels)));
        return graph.Multiply(x, graph.Sigmoid(y));
    }

    private static ChannelAffine Normalization(WeightFile file, string name, int channels) => ChannelAffine.BatchNormalization(
        file[$"{name}.weight"], file[$"{name}.bias"], file[$"{name}.running_mean"].Of(channels), file[$"{name}.running_var"], Epsilon);
}
