using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>dlib's face recognition network of 29 convolutions (<c>dlib_face_recognition_resnet_model_v1</c>, DeepFace's <c>Dlib</c>). Input: RGB, less dlib's means, over 256.</summary>
internal static class DlibResNet
{
    public static void Build(WeightFile file, GraphBuilder graph)
    {
        DlibLayers layers = new(file, "dlib's face recognition network");
        layers.Input();
        var x = graph.Input(3, 150, 150);
        x = graph.Relu(graph.Conv(x, layers.Convolution(32, 3, 7, stride: 2, padding: 0).Then(layers.Normalization(32)), stride: 2));
        x = graph.MaxPool(x, 3, 2);
        x = Residuals(layers, graph, x, 3);
        x = Residuals(layers, graph, Down(layers, graph, x, 64), 3);
        x = Residuals(layers, graph, Down(layers, graph, x, 128), 2);
        x = Residuals(layers, graph, Down(layers, graph, x, 256), 2);
        x = Down(layers, graph, x, 256);
        var (weights, bias) = layers.Dense(256, 128, bias: false);
        graph.Output(graph.Dense(graph.GlobalAverage(x), weights, bias), "embedding");
        layers.End();
    }

    private static GraphValue Residuals(DlibLayers layers, GraphBuilder graph, GraphValue x, int count)
    {
        for (int i = 0; i < count; i++)
        {
            x = graph.Relu(graph.Add(x, Unit(layers, graph, x, x.Channels, stride: 1)));
        }

        return x;
    }

    /// <summary>Half the size; what one branch lacks in rows, columns or channels counts as zero.</summary>
    private static GraphValue Down(DlibLayers layers, GraphBuilder graph, GraphValue x, int channels)
    {
        var convolved = Unit(layers, graph, x, channels, stride: 2);
        var pooled = graph.AveragePool(x, 2, 2);
        return graph.Relu(graph.Add(Widen(graph, pooled, channels, convolved), Widen(graph, convolved, channels, pooled)));
    }

    private static GraphValue Unit(DlibLayers layers, GraphBuilder graph, GraphValue x, int channels, int stride)
    {
        int padding = stride == 1 ? 1 : 0;
        x = graph.Conv(x, layers.Convolution(channels, x.Channels, 3, stride, padding).Then(layers.Normalization(channels)), stride, Padding.All(padding));
        return graph.Conv(graph.Relu(x), layers.Convolution(channels, channels, 3, stride: 1, padding: 1).Then(layers.Normalization(channels)), padding: Padding.All(1));
    }

    private static GraphValue Widen(GraphBuilder graph, GraphValue x, int channels, GraphValue other)
    {
        int more = channels - x.Channels;
        int rows = Math.Max(other.Height!.Value - x.Height!.Value, 0);
        int columns = Math.Max(other.Width!.Value - x.Width!.Value, 0);
        return (more, rows, columns) == (0, 0, 0)
            ? x
            : graph.Node("Pad", [x.Name, graph.Constant([0, 0, 0, 0, 0, more, rows, columns])], [channels, x.Height + rows, x.Width + columns]);
    }
}
