using System.Globalization;
using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>BlazeFace for front cameras (Bazarevsky et al. 2019) with the weights of BlazeFace-PyTorch. Input: RGB of 128×128, x / 127.5 − 1.</summary>
internal static class BlazeFace
{
    private const int Coordinates = 16; // of a box and six landmarks

    /// <summary>For each block of the first part: how many channels come out, and its stride.</summary>
    private static readonly (int Channels, int Stride)[] _blocks = [(24, 1), (28, 1), (32, 2), (36, 1), (42, 1), (48, 2), (56, 1), (64, 1), (72, 1), (80, 1), (88, 1)];

    public static void Build(WeightFile file, GraphBuilder graph)
    {
        var x = graph.Input(3, 128, 128);
        x = graph.Relu(graph.Conv(x, Kernel.Torch(file["backbone1.0.weight"].Of(24, 3, 5, 5), file["backbone1.0.bias"]), stride: 2, Padding.Of(1, 1, 2, 2)));
        for (int i = 0; i < _blocks.Length; i++)
        {
            x = Block(graph, file, x, string.Create(CultureInfo.InvariantCulture, $"backbone1.{i + 2}"), _blocks[i].Channels, _blocks[i].Stride);
        }

        var fine = x;
        for (int i = 0; i < 5; i++)
        {
            x = Block(graph, file, x, string.Create(CultureInfo.InvariantCulture, $"backbone2.{i}"), 96, i == 0 ? 2 : 1);
        }

        graph.Output(graph.Concat(Head(graph, file, fine, "regressor_8", 2, Coordinates), Head(graph, file, x, "regressor_16", 6, Coordinates)), "regressors");
        graph.Output(graph.Concat(Head(graph, file, fine, "classifier_8", 2, 1), Head(graph, file, x, "classifier_16", 6, 1)), "classificators");
    }

    /// <summary>A depthwise and a pointwise convolution; with a stride of 2 the shortcut takes the maximum; channels that it lacks are zero.</summary>
    private static GraphValue Block(GraphBuilder graph, WeightFile file, GraphValue x, string name, int channels, int stride)
    {
        var depthwise = Kernel.Torch(file[$"{name}.convs.0.weight"].Of(x.Channels, 1, 3, 3), file[$"{name}.convs.0.bias"]);
        var y = graph.Conv(x, depthwise, stride, stride == 1 ? Padding.All(1) : Padding.Of(0, 0, 2, 2), x.Channels);
        y = graph.Conv(y, Kernel.Torch(file[$"{name}.convs.1.weight"].Of(channels, x.Channels, 1, 1), file[$"{name}.convs.1.bias"]));
        var shortcut = stride == 1 ? x : graph.MaxPool(x, 2, 2);
        if (channels > x.Channels)
        {
            shortcut = graph.Node("Pad", [shortcut.Name, graph.Constant([0, 0, 0, 0, 0, channels - x.Channels, 0, 0])], y.Shape);
        }

        return graph.Relu(graph.Add(y, shortcut));
    }

    /// <summary>A row of numbers for each anchor.</summary>
    private static GraphValue Head(GraphBuilder graph, WeightFile file, GraphValue x, string name, int anchors, int numbers)
    {
        var y = graph.Conv(x, Kernel.Torch(file[$"{name}.weight"].Of(anchors * numbers, x.Channels, 1, 1), file[$"{name}.bias"]));
        return graph.AnchorRows(y, numbers);
    }

}
