using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>mini_XCEPTION (Arriaga, Valdenegro-Toro and Plöger, "Real-time Convolutional Neural Networks for Emotion and Gender Classification", 2017).
/// Input: 1×64×64, grey, −1 to 1. Output: shares of the classes.</summary>
internal static class MiniXception
{
    private const double Epsilon = 0.001;
    private const int Width = 8; // channels of the stem; each block doubles them

    private static readonly string[] _order = Order();

    /// <summary>Seven emotions: angry, disgust, fear, happy, sad, surprise, neutral.</summary>
    public static void BuildEmotion(WeightFile weights, GraphBuilder graph) => Build(weights, graph, "mini_XCEPTION for emotions", 7);

    /// <summary>Woman and man.</summary>
    public static void BuildGender(WeightFile weights, GraphBuilder graph) => Build(weights, graph, "mini_XCEPTION for gender", 2);

    private static void Build(WeightFile weights, GraphBuilder graph, string network, int classes)
    {
        KerasLayers layers = new(weights, network, _order);
        var x = graph.Input(1, 64, 64);
        x = graph.Relu(graph.Conv(x, layers["(conv_1)"].Conv(3, 3, 1, Width).Then(layers["(norm_1)"].Norm(Width, Epsilon))));
        x = graph.Relu(graph.Conv(x, layers["(conv_2)"].Conv(3, 3, Width, Width).Then(layers["(norm_2)"].Norm(Width, Epsilon))));
        for (int block = 1; block <= 4; block++)
        {
            int channels = x.Channels * 2;
            var shortcut = graph.Conv(x, layers[$"(block_{block}_conv)"].Conv(1, 1, x.Channels, channels).Then(layers[$"(block_{block}_norm)"].Norm(channels, Epsilon)), stride: 2);
            var y = graph.Relu(Separable(layers, graph, x, $"block_{block}_1", channels));
            y = Separable(layers, graph, y, $"block_{block}_2", channels);
            x = graph.Add(graph.MaxPool(y, 3, 2, Padding.Same), shortcut);
        }

        x = graph.Conv(x, layers["(predictions)"].Conv(3, 3, x.Channels, classes, bias: true), padding: Padding.Same);
        layers.RequireAllUsed();
        graph.Output(graph.Softmax(graph.GlobalAverage(x)), "probabilities");
    }

    private static GraphValue Separable(KerasLayers layers, GraphBuilder graph, GraphValue x, string name, int channels)
    {
        var (depthwise, pointwise) = layers[$"({name})"].Separable(3, 3, x.Channels, channels);
        x = graph.Conv(x, depthwise, padding: Padding.Same, groups: x.Channels);
        return graph.Conv(x, pointwise.Then(layers[$"({name}_norm)"].Norm(channels, Epsilon)));
    }

    /// <summary>Keras's order: the shortcut of a block is stored with the end of the block, which is as deep.</summary>
    private static string[] Order()
    {
        List<string> order = ["(conv_1)", "(norm_1)", "(conv_2)", "(norm_2)"];
        for (int block = 1; block <= 4; block++)
        {
            order.AddRange([$"(block_{block}_1)", $"(block_{block}_1_norm)", $"(block_{block}_2)", $"(block_{block}_2_norm)", $"(block_{block}_conv)", $"(block_{block}_norm)"]);
        }

        order.Add("(predictions)");
        return [.. order];
    }
}
