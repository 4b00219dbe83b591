using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>ArcFace (Deng et al., 2019) on a ResNet of 34 layers, as DeepFace's Keras file has it. Input: 3×112×112 as DeepFace feeds it, BGR, 0 to 1. Output: 512 numbers, not normalised.</summary>
internal static class ArcFaceResNet
{
    private const double Epsilon = 2e-5;

    private static readonly (string Name, int Channels, int Blocks)[] _stacks = [("conv2", 64, 3), ("conv3", 128, 4), ("conv4", 256, 6), ("conv5", 512, 3)];
    private static readonly string[] _order = Order();

    /// <summary>Puts the graph together.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "ArcFace", _order);
        var x = graph.Conv(graph.Input(3, 112, 112), layers["conv1_conv"].Conv(3, 3, 3, 64).Then(layers["conv1_bn"].Norm(64, Epsilon)), padding: Padding.All(1));
        x = graph.PRelu(x, layers["conv1_prelu"].Slopes(64));
        foreach (var (name, channels, blocks) in _stacks)
        {
            for (int block = 1; block <= blocks; block++)
            {
                x = Block(layers, graph, x, $"{name}_block{block}", channels, isFirst: block == 1);
            }
        }

        x = graph.FlattenChannelsLast(graph.Affine(x, layers["(norm)"].Norm(512, Epsilon)));
        var (kernel, bias) = layers["(dense)"].Dense(25_088, 512);
        x = graph.Affine(graph.Dense(x, kernel, bias), layers["embedding"].Norm(512, Epsilon));
        layers.RequireAllUsed();
        graph.Output(x, "embedding");
    }

    /// <summary>Normalised before its first convolution; the first of a stack halves the map, and its shortcut with it.</summary>
    private static GraphValue Block(KerasLayers layers, GraphBuilder graph, GraphValue input, string name, int channels, bool isFirst)
    {
        int inputs = input.Channels;
        int stride = isFirst ? 2 : 1;
        var x = graph.Affine(input, layers[$"{name}_1_bn"].Norm(inputs, Epsilon));
        x = graph.Conv(x, layers[$"{name}_1_conv"].Conv(3, 3, inputs, channels).Then(layers[$"{name}_2_bn"].Norm(channels, Epsilon)), padding: Padding.All(1));
        x = graph.PRelu(x, layers[$"{name}_1_prelu"].Slopes(channels));
        x = graph.Conv(x, layers[$"{name}_2_conv"].Conv(3, 3, channels, channels).Then(layers[$"{name}_3_bn"].Norm(channels, Epsilon)), stride, Padding.All(1));
        var shortcut = isFirst
            ? graph.Conv(input, layers[$"{name}_0_conv"].Conv(1, 1, inputs, channels).Then(layers[$"{name}_0_bn"].Norm(channels, Epsilon)), stride)
            : input;
        return graph.Add(x, shortcut);
    }

    /// <summary>Keras's order: a shortcut is stored with what is as deep.</summary>
    private static string[] Order()
    {
        List<string> order = ["conv1_conv", "conv1_bn", "conv1_prelu"];
        foreach (var (stack, _, blocks) in _stacks)
        {
            for (int block = 1; block <= blocks; block++)
            {
                string[] parts = block == 1
                    ? ["1_bn", "1_conv", "2_bn", "1_prelu", "0_conv", "2_conv", "0_bn", "3_bn"]
                    : ["1_bn", "1_conv", "2_bn", "1_prelu", "2_conv", "3_bn"];
                order.AddRange(parts.Select(part => $"{stack}_block{block}_{part}"));
            }
        }

        return [.. order, "(norm)", "(dense)", "embedding"];
    }
}
