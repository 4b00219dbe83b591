using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>DeepFace's emotion network (<c>facial_expression_model_weights.h5</c>), trained on FER-2013.
/// Input: 1×48×48, grey, 0 to 1. Output: the shares of angry, disgust, fear, happy, sad, surprise and neutral.</summary>
internal static class EmotionCnn
{
    /// <summary>Puts the graph together.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "the emotion network", 8);
        var x = graph.Input(1, 48, 48);
        x = graph.Relu(graph.Conv(x, layers[0].Conv(5, 5, 1, 64, bias: true)));
        x = graph.MaxPool(x, 5, 2);
        x = graph.Relu(graph.Conv(x, layers[1].Conv(3, 3, 64, 64, bias: true)));
        x = graph.Relu(graph.Conv(x, layers[2].Conv(3, 3, 64, 64, bias: true)));
        x = graph.AveragePool(x, 3, 2);
        x = graph.Relu(graph.Conv(x, layers[3].Conv(3, 3, 64, 128, bias: true)));
        x = graph.Relu(graph.Conv(x, layers[4].Conv(3, 3, 128, 128, bias: true)));
        x = graph.Flatten(graph.AveragePool(x, 3, 2));
        x = graph.Relu(Dense(graph, x, layers[5].Dense(128, 1024)));
        x = graph.Relu(Dense(graph, x, layers[6].Dense(1024, 1024)));
        x = Dense(graph, x, layers[7].Dense(1024, 7));
        layers.RequireAllUsed();
        graph.Output(graph.Softmax(x), "probabilities");
    }

    private static GraphValue Dense(GraphBuilder graph, GraphValue x, (WeightTensor Weights, WeightTensor Bias) layer) => graph.Dense(x, layer.Weights, layer.Bias);
}
