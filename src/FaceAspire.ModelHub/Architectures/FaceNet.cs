using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>FaceNet (Schroff, Kalenichenko and Philbin, 2015) on Inception-ResNet v1 (Szegedy et al., 2016), as DeepFace's Keras files have it. Input: 3×160×160 as DeepFace feeds
/// it, BGR, 0 to 1. Output: 128 or 512 numbers, not normalised.</summary>
internal static class FaceNet
{
    private const double Epsilon = 0.001;

    private static readonly string[] _order = Order();

    /// <summary>128 numbers.</summary>
    public static void Build128(WeightFile weights, GraphBuilder graph) => Build(weights, graph, "Facenet", 128);

    /// <summary>512 numbers.</summary>
    public static void Build512(WeightFile weights, GraphBuilder graph) => Build(weights, graph, "Facenet512", 512);

    private static void Build(WeightFile weights, GraphBuilder graph, string network, int dimension)
    {
        KerasLayers layers = new(weights, network, _order);
        var x = graph.Input(3, 160, 160);
        x = Conv(x, "Conv2d_1a_3x3", 32, 3, 3, 2, Padding.Valid);
        x = Conv(x, "Conv2d_2a_3x3", 32, 3, 3, 1, Padding.Valid);
        x = graph.MaxPool(Conv(x, "Conv2d_2b_3x3", 64, 3, 3), 3, 2);
        x = Conv(x, "Conv2d_3b_1x1", 80);
        x = Conv(x, "Conv2d_4a_3x3", 192, 3, 3, 1, Padding.Valid);
        x = Conv(x, "Conv2d_4b_3x3", 256, 3, 3, 2, Padding.Valid);
        for (int i = 1; i <= 5; i++)
        {
            string block = $"Block35_{i}";
            var first = Conv(x, $"{block}_Branch_0_Conv2d_1x1", 32);
            var second = Conv(Conv(x, $"{block}_Branch_1_Conv2d_0a_1x1", 32), $"{block}_Branch_1_Conv2d_0b_3x3", 32, 3, 3);
            var third = Conv(Conv(Conv(x, $"{block}_Branch_2_Conv2d_0a_1x1", 32), $"{block}_Branch_2_Conv2d_0b_3x3", 32, 3, 3), $"{block}_Branch_2_Conv2d_0c_3x3", 32, 3, 3);
            x = graph.Relu(Residual(x, block, 0.17f, first, second, third));
        }

        x = graph.Concat(
            Conv(x, "Mixed_6a_Branch_0_Conv2d_1a_3x3", 384, 3, 3, 2, Padding.Valid),
            Conv(Conv(Conv(x, "Mixed_6a_Branch_1_Conv2d_0a_1x1", 192), "Mixed_6a_Branch_1_Conv2d_0b_3x3", 192, 3, 3), "Mixed_6a_Branch_1_Conv2d_1a_3x3", 256, 3, 3, 2, Padding.Valid),
            graph.MaxPool(x, 3, 2));
        for (int i = 1; i <= 10; i++)
        {
            x = graph.Relu(Residual(x, $"Block17_{i}", 0.1f, [.. Pair(x, $"Block17_{i}", $"Branch_{i}", 128, 7)]));
        }

        x = graph.Concat(
            Conv(Conv(x, "Mixed_7a_Branch_0_Conv2d_0a_1x1", 256), "Mixed_7a_Branch_0_Conv2d_1a_3x3", 384, 3, 3, 2, Padding.Valid),
            Conv(Conv(x, "Mixed_7a_Branch_1_Conv2d_0a_1x1", 256), "Mixed_7a_Branch_1_Conv2d_1a_3x3", 256, 3, 3, 2, Padding.Valid),
            Conv(Conv(Conv(x, "Mixed_7a_Branch_2_Conv2d_0a_1x1", 256), "Mixed_7a_Branch_2_Conv2d_0b_3x3", 256, 3, 3), "Mixed_7a_Branch_2_Conv2d_1a_3x3", 256, 3, 3, 2, Padding.Valid),
            graph.MaxPool(x, 3, 2));
        for (int i = 1; i <= 5; i++)
        {
            x = graph.Relu(Residual(x, $"Block8_{i}", 0.2f, [.. Pair(x, $"Block8_{i}", $"Branch_{i}", 192, 3)]));
        }

        x = Residual(x, "Block8_6", 1, [.. Pair(x, "Block8_6", "Branch_1", 192, 3)]);
        x = graph.Dense(graph.GlobalAverage(x), layers["Bottleneck"].DenseWithoutBias(1_792, dimension));
        x = graph.Affine(x, layers["Bottleneck_BatchNorm"].Norm(dimension, Epsilon, gamma: false));
        layers.RequireAllUsed();
        graph.Output(x, "embedding");

        GraphValue Conv(GraphValue input, string name, int channels, int rows = 1, int columns = 1, int stride = 1, Padding? padding = null)
        {
            var kernel = layers[name].Conv(rows, columns, input.Channels, channels).Then(layers[Norm(name)].Norm(channels, Epsilon, gamma: false));
            return graph.Relu(graph.Conv(input, kernel, stride, padding ?? Padding.Same));
        }

        // Its second branch carries the block's own number.
        GraphValue[] Pair(GraphValue input, string block, string branch, int channels, int length)
        {
            var first = Conv(input, $"{block}_Branch_0_Conv2d_1x1", channels);
            var second = Conv(input, $"{block}_{branch}_Conv2d_0a_1x1", channels);
            second = Conv(second, $"{block}_{branch}_Conv2d_0b_1x{length}", channels, 1, length);
            return [first, Conv(second, $"{block}_{branch}_Conv2d_0c_{length}x1", channels, length, 1)];
        }

        GraphValue Residual(GraphValue input, string block, float scale, params ReadOnlySpan<GraphValue> branches)
        {
            var joined = graph.Concat(branches);
            var closing = graph.Conv(joined, layers[$"{block}_Conv2d_1x1"].Conv(1, 1, joined.Channels, input.Channels, bias: true));
            return graph.Add(input, graph.Scale(closing, scale));
        }
    }

    private static string Norm(string conv) => $"{conv}_BatchNorm";

    /// <summary>Keras's order: what is equally deep stands together, the longest branch first.</summary>
    private static string[] Order()
    {
        List<string> order = [];
        foreach (string conv in (ReadOnlySpan<string>)["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3", "Conv2d_4b_3x3"])
        {
            order.AddRange([conv, Norm(conv)]);
        }

        for (int i = 1; i <= 5; i++)
        {
            string block = $"Block35_{i}_";
            AddLevels(
                order,
                block,
                ["Branch_2_Conv2d_0a_1x1"],
                ["Branch_1_Conv2d_0a_1x1", "Branch_2_Conv2d_0b_3x3"],
                ["Branch_0_Conv2d_1x1", "Branch_1_Conv2d_0b_3x3", "Branch_2_Conv2d_0c_3x3"]);
            order.Add($"{block}Conv2d_1x1");
        }

        AddLevels(
            order,
            "Mixed_6a_",
            ["Branch_1_Conv2d_0a_1x1"],
            ["Branch_1_Conv2d_0b_3x3"],
            ["Branch_0_Conv2d_1a_3x3", "Branch_1_Conv2d_1a_3x3"]);
        for (int i = 1; i <= 10; i++)
        {
            AddPair(order, $"Block17_{i}_", $"Branch_{i}", 7);
        }

        AddLevels(
            order,
            "Mixed_7a_",
            ["Branch_2_Conv2d_0a_1x1"],
            ["Branch_0_Conv2d_0a_1x1", "Branch_1_Conv2d_0a_1x1", "Branch_2_Conv2d_0b_3x3"],
            ["Branch_0_Conv2d_1a_3x3", "Branch_1_Conv2d_1a_3x3", "Branch_2_Conv2d_1a_3x3"]);
        for (int i = 1; i <= 6; i++)
        {
            AddPair(order, $"Block8_{i}_", i == 6 ? "Branch_1" : $"Branch_{i}", 3);
        }

        return [.. order, "Bottleneck", "Bottleneck_BatchNorm"];
    }

    private static void AddPair(List<string> order, string block, string branch, int length)
    {
        AddLevels(
            order,
            block,
            [$"{branch}_Conv2d_0a_1x1"],
            [$"{branch}_Conv2d_0b_1x{length}"],
            ["Branch_0_Conv2d_1x1", $"{branch}_Conv2d_0c_{length}x1"]);
        order.Add($"{block}Conv2d_1x1");
    }

    /// <summary>Convolutions of one depth, then their normalizations.</summary>
    private static void AddLevels(List<string> order, string block, params ReadOnlySpan<string[]> levels)
    {
        foreach (string[] level in levels)
        {
            order.AddRange(level.Select(conv => block + conv));
            order.AddRange(level.Select(conv => Norm(block + conv)));
        }
    }
}
