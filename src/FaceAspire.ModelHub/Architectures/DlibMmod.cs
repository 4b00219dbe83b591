using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>The network of dlib's max-margin face detector (<c>mmod_human_face_detector</c>) without its pyramid: a map of scores, a cell for each 8 pixels. Input: RGB, less dlib's means, over 256.</summary>
internal static class DlibMmod
{
    public static void Build(WeightFile file, GraphBuilder graph)
    {
        DlibLayers layers = new(file, "dlib's face detector");
        layers.Input();
        var x = graph.Input(3, null, null);
        foreach (int channels in (ReadOnlySpan<int>)[16, 32, 32])
        {
            x = graph.Relu(graph.Conv(x, layers.Convolution(channels, x.Channels, 5, stride: 2, padding: 0).Then(layers.Normalization(channels)), stride: 2));
        }

        for (int i = 0; i < 3; i++)
        {
            x = graph.Relu(graph.Conv(x, layers.Convolution(45, x.Channels, 5, stride: 1, padding: 2).Then(layers.Normalization(45)), padding: Padding.All(2)));
        }

        graph.Output(graph.Conv(x, layers.Convolution(1, 45, 9, stride: 1, padding: 4), padding: Padding.All(4)), "score_map");
        layers.End();
    }
}
