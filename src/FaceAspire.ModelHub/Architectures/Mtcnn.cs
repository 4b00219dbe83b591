using System.Globalization;
using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>The three stages of MTCNN (Zhang et al. 2016) with the weights of facenet-pytorch. Input: RGB, (x − 127.5) / 128.</summary>
internal static class Mtcnn
{
    /// <summary>The proposals of a whole picture: <c>reg</c> and <c>prob</c>, a cell for each two pixels.</summary>
    public static void BuildP(WeightFile file, GraphBuilder graph)
    {
        var x = graph.Input(3, null, null);
        x = graph.MaxPool(Conv(graph, file, x, 1, 10, 3), 2, 2, ceiling: true);
        x = Conv(graph, file, x, 2, 16, 3);
        x = Conv(graph, file, x, 3, 32, 3);
        var probabilities = graph.Conv(x, Kernel.Torch(file["conv4_1.weight"].Of(2, 32, 1, 1), file["conv4_1.bias"]));
        graph.Output(graph.Conv(x, Kernel.Torch(file["conv4_2.weight"].Of(4, 32, 1, 1), file["conv4_2.bias"])), "reg");
        graph.Output(graph.Softmax(probabilities), "prob");
    }

    /// <summary>What is kept of them: <c>reg</c> and <c>prob</c> of a square of 24 pixels.</summary>
    public static void BuildR(WeightFile file, GraphBuilder graph)
    {
        var x = graph.Input(3, 24, 24);
        x = graph.MaxPool(Conv(graph, file, x, 1, 28, 3), 3, 2, ceiling: true);
        x = graph.MaxPool(Conv(graph, file, x, 2, 48, 3), 3, 2, ceiling: true);
        x = Conv(graph, file, x, 3, 64, 2);
        x = Features(graph, file, x, 4, 128);
        graph.Output(Dense(graph, file, x, "dense5_2", 4), "reg");
        graph.Output(graph.Softmax(Dense(graph, file, x, "dense5_1", 2)), "prob");
    }

    /// <summary>The final boxes: <c>reg</c>, <c>landmarks</c> and <c>prob</c> of a square of 48 pixels.</summary>
    public static void BuildO(WeightFile file, GraphBuilder graph)
    {
        var x = graph.Input(3, 48, 48);
        x = graph.MaxPool(Conv(graph, file, x, 1, 32, 3), 3, 2, ceiling: true);
        x = graph.MaxPool(Conv(graph, file, x, 2, 64, 3), 3, 2, ceiling: true);
        x = graph.MaxPool(Conv(graph, file, x, 3, 64, 3), 2, 2, ceiling: true);
        x = Conv(graph, file, x, 4, 128, 2);
        x = Features(graph, file, x, 5, 256);
        graph.Output(Dense(graph, file, x, "dense6_2", 4), "reg");
        graph.Output(Dense(graph, file, x, "dense6_3", 10), "landmarks");
        graph.Output(graph.Softmax(Dense(graph, file, x, "dense6_1", 2)), "prob");
    }

    private static GraphValue Conv(GraphBuilder graph, WeightFile file, GraphValue x, int layer, int outputs, int size)
    {
        string number = layer.ToString(CultureInfo.InvariantCulture);
        x = graph.Conv(x, Kernel.Torch(file[$"conv{number}.weight"].Of(outputs, x.Channels, size, size), file[$"conv{number}.bias"]));
        return graph.PRelu(x, file[$"prelu{number}.weight"]);
    }

    /// <summary>The map as features in the order width, height, channel, in which facenet-pytorch's weights stand, and the layer behind them.</summary>
    private static GraphValue Features(GraphBuilder graph, WeightFile file, GraphValue x, int layer, int outputs)
    {
        string number = layer.ToString(CultureInfo.InvariantCulture);
        x = graph.Flatten(graph.Node("Transpose", [x.Name], [x.Width, x.Height, x.Channels], new NodeSetting("perm", [0, 3, 2, 1])));
        return graph.PRelu(Dense(graph, file, x, $"dense{number}", outputs), file[$"prelu{number}.weight"]);
    }

    private static GraphValue Dense(GraphBuilder graph, WeightFile file, GraphValue x, string layer, int outputs) =>
        graph.Dense(x, file[$"{layer}.weight"].Of(outputs, x.Channels), file[$"{layer}.bias"], transposed: true);
}
