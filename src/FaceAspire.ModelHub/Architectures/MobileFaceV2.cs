using System.Globalization;
using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>MobileFace's second identification network (becauseofAI/MobileFace): inverted residuals and a fully connected layer of 256. Input: RGB of 112×112, 0 to 255.</summary>
internal static class MobileFaceV2
{
    private const double Epsilon = 1e-3; // MXNet's default

    public static void Build(WeightFile file, GraphBuilder graph)
    {
        const float Middle = 127.5f;
        const float Range = 128;
        var x = graph.Input(3, 112, 112);
        x = graph.Affine(x, new([1 / Range, 1 / Range, 1 / Range], [-Middle / Range, -Middle / Range, -Middle / Range]));
        x = Relu6(graph, graph.Conv(x, Kernel.Torch(file["conv1_weight"].Of(32, 3, 3, 3), file["conv1_bias"]).Then(Normalization(file, "bn1", 32)), stride: 2, Padding.All(1)));
        int layer = 0;
        foreach (int outputs in (ReadOnlySpan<int>)[32, 32, 64, 128])
        {
            x = Unit(graph, file, x, ref layer, outputs, stride: 2);
            x = graph.Add(x, Unit(graph, file, x, ref layer, outputs, stride: 1));
            x = graph.Add(x, Unit(graph, file, x, ref layer, outputs, stride: 1));
        }

        x = graph.Dense(graph.Flatten(x), file["fc5_weight"].Of(256, 2048), transposed: true);
        graph.Output(graph.Affine(x, Normalization(file, "fc5_bn", 256)), "embedding");
    }

    /// <summary>Three times as many channels, a depthwise convolution, and few channels again.</summary>
    private static GraphValue Unit(GraphBuilder graph, WeightFile file, GraphValue x, ref int layer, int outputs, int stride)
    {
        int inner = 3 * x.Channels;
        x = Relu6(graph, graph.Conv(x, Convolution(file, layer++, inner, x.Channels, 1)));
        x = Relu6(graph, graph.Conv(x, Convolution(file, layer++, inner, 1, 3), stride, Padding.All(1), inner));
        return graph.Conv(x, Convolution(file, layer++, outputs, inner, 1));
    }

    private static Kernel Convolution(WeightFile file, int layer, int outputs, int inputs, int size)
    {
        string number = layer.ToString(CultureInfo.InvariantCulture);
        return Kernel.Torch(file[$"convolution{number}_weight"].Of(outputs, inputs, size, size)).Then(Normalization(file, $"batchnorm{number}", outputs));
    }

    private static ChannelAffine Normalization(WeightFile file, string name, int channels) => ChannelAffine.BatchNormalization(
        file[$"{name}_gamma"], file[$"{name}_beta"], file[$"{name}_moving_mean"].Of(channels), file[$"{name}_moving_var"], Epsilon);

    private static GraphValue Relu6(GraphBuilder graph, GraphValue x) =>
        graph.Node("Clip", [x.Name, graph.Constant([], static sink => sink([0f])), graph.Constant([], static sink => sink([6f]))], x.Shape);
}
