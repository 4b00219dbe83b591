using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>dlib's gender classifier (<c>dnn_gender_classifier_v1</c>): shares of female and male. Input: RGB, less dlib's means, over 256.</summary>
internal static class DlibGender
{
    private const float Kept = 0.5f; // the share that its dropout keeps: dlib does not make up for it while training, so it does here

    public static void Build(WeightFile file, GraphBuilder graph)
    {
        DlibLayers layers = new(file, "dlib's gender classifier");
        layers.Input();
        var x = graph.Input(3, 32, 32);
        foreach (int channels in (ReadOnlySpan<int>)[32, 64])
        {
            for (int i = 0; i < 2; i++)
            {
                x = graph.Relu(graph.Conv(x, layers.Convolution(channels, x.Channels, 3, stride: 1, padding: 1).Then(layers.Normalization(channels)), padding: Padding.All(1)));
            }

            x = graph.AveragePool(x, 2, 2);
        }

        var (weights, bias) = layers.Dense(4096, 16, bias: true);
        x = graph.Relu(graph.Dense(graph.Scale(graph.Flatten(x), Kept), weights, bias));
        (weights, bias) = layers.Dense(16, 2, bias: true);
        graph.Output(graph.Softmax(graph.Dense(graph.Scale(x, Kept), weights, bias)), "probabilities");
        layers.End();
    }
}
