using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>OpenFace nn4.small2 (Amos, Ludwiczuk and Satyanarayanan, 2016) as DeepFace's Keras file has it. Input: 3×96×96 as DeepFace feeds it, BGR, 0 to 1.
/// Output: 128 numbers of unit length.</summary>
internal static class OpenFace
{
    private const double Epsilon = 1e-5;

    private static readonly Block[] _blocks =
    [
        new("3a", 96, 128, 16, 32, 1, PoolKind.Max, 32, Padding.Of(3, 3, 4, 4), 64),
        new("3b", 96, 128, 32, 64, 1, PoolKind.Norm, 64, Padding.All(4), 64),
        new("3c", 128, 256, 32, 64, 2, PoolKind.Max, 0, Padding.Of(0, 0, 1, 1), 0),
        new("4a", 96, 192, 32, 64, 1, PoolKind.Norm, 128, Padding.All(2), 256),
        new("4e", 160, 256, 64, 128, 2, PoolKind.Max, 0, Padding.Of(0, 0, 1, 1), 0),
        new("5a", 96, 384, 0, 0, 1, PoolKind.Norm, 96, Padding.All(1), 256),
        new("5b", 96, 384, 0, 0, 1, PoolKind.Max, 96, Padding.All(1), 256),
    ];

    private static readonly string[] _order = Order();

    private enum PoolKind
    {
        Max,
        Norm,
    }

    /// <summary>Puts the graph together.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "OpenFace", _order);
        var x = Conv(graph.Input(3, 96, 96), "conv1", "bn1", 64, 7, 2, 3);
        x = LocalNorm(graph.MaxPool(graph.Pad(x, Padding.All(1)), 3, 2));
        x = Conv(x, "conv2", "bn2", 64, 1);
        x = LocalNorm(Conv(x, "conv3", "bn3", 192, 3, 1, 1));
        x = graph.MaxPool(graph.Pad(x, Padding.All(1)), 3, 2);
        foreach (var block in _blocks)
        {
            x = Inception(x, block);
        }

        x = graph.Flatten(graph.AveragePool(x, 3, 1));
        var (kernel, bias) = layers["dense_layer"].Dense(736, 128);
        x = graph.Dense(x, kernel, bias);
        layers.RequireAllUsed();
        graph.Output(UnitLength(x), "embedding");

        GraphValue Conv(GraphValue input, string conv, string norm, int channels, int size, int stride = 1, int padding = 0)
        {
            var weightsOfIt = layers[conv].Conv(size, size, input.Channels, channels, bias: true).Then(layers[norm].Norm(channels, Epsilon));
            return graph.Relu(graph.Conv(input, weightsOfIt, stride, Padding.All(padding)));
        }

        // Local response normalization: x / (1 + 1e-4·Σ x²)^0.75 over five channels on each side; ONNX divides alpha by the eleven.
        GraphValue LocalNorm(GraphValue input) =>
            graph.Node("LRN", [input.Name], input.Shape, new("alpha", 11e-4f), new("beta", 0.75f), new("bias", 1f), new("size", 11));

        GraphValue Inception(GraphValue input, Block block)
        {
            string name = $"inception_{block.Name}";
            List<GraphValue> branches = [];
            var three = Conv(input, $"{name}_3x3_conv1", $"{name}_3x3_bn1", block.ThreeReduced, 1);
            branches.Add(Conv(three, $"{name}_3x3_conv2", $"{name}_3x3_bn2", block.Three, 3, block.Stride, 1));
            if (block.Five > 0)
            {
                var five = Conv(input, $"{name}_5x5_conv1", $"{name}_5x5_bn1", block.FiveReduced, 1);
                branches.Add(Conv(five, $"{name}_5x5_conv2", $"{name}_5x5_bn2", block.Five, 5, block.Stride, 2));
            }

            var pooled = block.Pool == PoolKind.Max ? graph.MaxPool(input, 3, 2) : NormPool(input);
            if (block.Pooled > 0)
            {
                pooled = Conv(pooled, $"{name}_pool_conv", $"{name}_pool_bn", block.Pooled, 1);
            }

            branches.Add(graph.Pad(pooled, block.PoolPadding));
            if (block.One > 0)
            {
                branches.Add(Conv(input, $"{name}_1x1_conv", $"{name}_1x1_bn", block.One, 1));
            }

            return graph.Concat([.. branches]);
        }

        // √Σ x² of each window of 3×3, which do not overlap.
        GraphValue NormPool(GraphValue input)
        {
            var sum = graph.Scale(graph.AveragePool(graph.Multiply(input, input), 3, 3), 9);
            return graph.Node("Sqrt", [sum.Name], sum.Shape);
        }

        GraphValue UnitLength(GraphValue input)
        {
            var sum = graph.Node("ReduceSum", [graph.Multiply(input, input).Name, graph.Constant([1])], [1], new NodeSetting("keepdims", 1));
            var bounded = graph.Node("Max", [sum.Name, graph.Constant([1], static sink => sink([1e-12f]))], [1]);
            return graph.Node("Div", [input.Name, graph.Node("Sqrt", [bounded.Name], [1]).Name], input.Shape);
        }
    }

    /// <summary>Keras's order: what is equally deep stands together.</summary>
    private static string[] Order()
    {
        List<string> order = ["conv1", "bn1", "conv2", "bn2", "conv3", "bn3"];
        foreach (var block in _blocks)
        {
            string[] parts = block switch
            {
                { Five: 0 } => ["3x3_conv1", "3x3_bn1", "pool_conv", "3x3_conv2", "pool_bn", "1x1_conv", "3x3_bn2", "1x1_bn"],
                { One: 0 } => ["3x3_conv1", "5x5_conv1", "3x3_bn1", "5x5_bn1", "3x3_conv2", "5x5_conv2", "3x3_bn2", "5x5_bn2"],
                _ => ["3x3_conv1", "5x5_conv1", "3x3_bn1", "5x5_bn1", "pool_conv", "3x3_conv2", "5x5_conv2", "pool_bn", "1x1_conv", "3x3_bn2", "5x5_bn2", "1x1_bn"],
            };
            order.AddRange(parts.Select(part => $"inception_{block.Name}_{part}"));
        }

        return [.. order, "dense_layer"];
    }

    /// <summary>An inception block; 0 channels for a branch that it does not have.</summary>
    private sealed record Block(
        string Name, int ThreeReduced, int Three, int FiveReduced, int Five, int Stride, PoolKind Pool, int Pooled, Padding PoolPadding, int One);
}
