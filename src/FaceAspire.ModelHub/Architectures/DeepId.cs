using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>DeepID (Sun, Wang and Tang, "Deep Learning Face Representation from Predicting 10,000 Classes", CVPR 2014) as DeepFace's Keras file has it.
/// Input: 3×55×47 (rows × columns), BGR, 0 to 1. Output: 160 values, none below 0, not normalised.</summary>
internal static class DeepId
{
    private static readonly string[] _order = ["Conv1", "Conv2", "Conv3", "Conv4", "fc11", "fc12"];

    /// <summary>Puts the graph together.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "DeepID", _order);
        var x = graph.Input(3, 55, 47);
        x = graph.MaxPool(graph.Relu(graph.Conv(x, layers["Conv1"].Conv(4, 4, 3, 20, bias: true))), 2, 2);
        x = graph.MaxPool(graph.Relu(graph.Conv(x, layers["Conv2"].Conv(3, 3, 20, 40, bias: true))), 2, 2);
        x = graph.MaxPool(graph.Relu(graph.Conv(x, layers["Conv3"].Conv(3, 3, 40, 60, bias: true))), 2, 2);
        var y = graph.Relu(graph.Conv(x, layers["Conv4"].Conv(2, 2, 60, 80, bias: true)));
        var (first, firstBias) = layers["fc11"].Dense(1200, 160);
        var (second, secondBias) = layers["fc12"].Dense(960, 160);
        x = graph.Dense(graph.FlattenChannelsLast(x), first, firstBias);
        y = graph.Dense(graph.FlattenChannelsLast(y), second, secondBias);
        layers.RequireAllUsed();
        graph.Output(graph.Relu(graph.Add(x, y)), "embedding");
    }
}
