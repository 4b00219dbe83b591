using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>VGG-Face (Parkhi, Vedaldi and Zisserman, "Deep Face Recognition", BMVC 2015) as DeepFace's Keras file has it, and the age, gender and race networks on the same body.
/// Input: 3×224×224 as DeepFace feeds it, BGR, 0 to 1.</summary>
internal static class VggFace
{
    private const int Layers = 16;

    /// <summary>Output: 4096 values after the last ReLU but one, none below 0, not normalised. The 2622 people of the training are left out.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "VGG-Face", Layers);
        var x = Body(layers, graph);
        layers[15].Conv(1, 1, 4096, 2622, bias: true);
        layers.RequireAllUsed();
        graph.Output(graph.Flatten(x), "embedding");
    }

    /// <summary>Output: the share of each of 101 ages, 0 to 100 years.</summary>
    public static void BuildAge(WeightFile weights, GraphBuilder graph) => BuildShares(weights, graph, "the age network", 101);

    /// <summary>Output: the shares of woman and man.</summary>
    public static void BuildGender(WeightFile weights, GraphBuilder graph) => BuildShares(weights, graph, "the gender network", 2);

    /// <summary>Output: the shares of asian, indian, black, white, middle eastern and latino hispanic.</summary>
    public static void BuildRace(WeightFile weights, GraphBuilder graph) => BuildShares(weights, graph, "the race network", 6);

    private static void BuildShares(WeightFile weights, GraphBuilder graph, string network, int classes)
    {
        KerasLayers layers = new(weights, network, Layers);
        var x = Body(layers, graph);
        x = graph.Flatten(graph.Conv(x, layers[15].Conv(1, 1, 4096, classes, bias: true)));
        layers.RequireAllUsed();
        graph.Output(graph.Softmax(x), "probabilities");
    }

    /// <summary>Thirteen convolutions of 3×3 in five stages, then two that see the whole face: 4096×1×1.</summary>
    private static GraphValue Body(KerasLayers layers, GraphBuilder graph)
    {
        int place = 0;
        var x = graph.Input(3, 224, 224);
        foreach (var (count, channels) in new[] { (2, 64), (2, 128), (3, 256), (3, 512), (3, 512) })
        {
            for (int i = 0; i < count; i++)
            {
                x = graph.Relu(graph.Conv(x, layers[place++].Conv(3, 3, x.Channels, channels, bias: true), padding: Padding.All(1)));
            }

            x = graph.MaxPool(x, 2, 2);
        }

        x = graph.Relu(graph.Conv(x, layers[place++].Conv(7, 7, 512, 4096, bias: true)));
        return graph.Relu(graph.Conv(x, layers[place].Conv(1, 1, 4096, 4096, bias: true)));
    }
}
