using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>GhostFaceNet V1 (Alansari et al., 2023), 1.3 times as wide and with a stem of stride 1, as DeepFace takes it. Input: 3×112×112 as DeepFace feeds it, BGR, 0 to 1.
/// Output: 512 numbers, not normalised.</summary>
internal static class GhostFaceNet
{
    private const double Epsilon = 0.001;
    private const int Stem = 20;
    private const int Last = 664;
    private const int Dimension = 512;
    private const int Layers = 219;

    private static readonly Bottleneck[] _bottlenecks =
    [
        new(3, 1, 20, 20, 0),
        new(3, 2, 64, 32, 0),
        new(3, 1, 92, 32, 0),
        new(5, 2, 92, 52, 24),
        new(5, 1, 156, 52, 40),
        new(3, 2, 312, 104, 0),
        new(3, 1, 260, 104, 0),
        new(3, 1, 240, 104, 0),
        new(3, 1, 240, 104, 0),
        new(3, 1, 624, 144, 156),
        new(3, 1, 872, 144, 220),
        new(5, 2, 872, 208, 220),
        new(5, 1, 1_248, 208, 0),
        new(5, 1, 1_248, 208, 312),
        new(5, 1, 1_248, 208, 0),
        new(5, 1, 664, 208, 168),
    ];

    /// <summary>Puts the graph together.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "GhostFaceNet", Layers);
        int place = 0;
        var x = graph.Input(3, 112, 112);
        x = Active(graph.Conv(x, Normed(Next().Conv(3, 3, 3, Stem), Next()), padding: Padding.Same));
        foreach (var bottleneck in _bottlenecks)
        {
            x = Add(x, bottleneck);
        }

        x = Active(graph.Conv(x, Normed(Next().Conv(1, 1, x.Channels, Last), Next())));
        x = graph.Conv(x, Normed(Next().Depthwise(7, 7, Last), Next()), groups: Last);
        x = graph.Flatten(graph.Conv(x, Next().Conv(1, 1, Last, Dimension, bias: true)));
        x = graph.Affine(x, Next().Norm(Dimension, Epsilon));
        layers.RequireAllUsed();
        graph.Output(x, "embedding");

        KerasLayer Next() => layers[place++];

        Kernel Normed(Kernel kernel, KerasLayer norm) => kernel.Then(norm.Norm(kernel.Outputs, Epsilon));

        GraphValue Active(GraphValue value) => graph.PRelu(value, Next().Slopes(value.Channels));

        GraphValue Add(GraphValue input, Bottleneck bottleneck)
        {
            var y = Active(graph.Conv(input, Normed(Next().Conv(1, 1, input.Channels, bottleneck.Expanded / 2), Next())));
            y = graph.Concat(y, Active(graph.Conv(y, Normed(Next().Depthwise(3, 3, y.Channels), Next()), padding: Padding.Same, groups: y.Channels)));
            if (bottleneck.Stride == 2)
            {
                y = graph.Conv(y, Normed(Next().Depthwise(bottleneck.Kernel, bottleneck.Kernel, y.Channels), Next()), 2, Padding.Same, y.Channels);
            }

            if (bottleneck.Reduced > 0)
            {
                y = Excited(y, bottleneck.Reduced);
            }

            return bottleneck.Stride == 2 || input.Channels != bottleneck.Outputs ? WithShortcut(input, y, bottleneck) : graph.Add(Reduced(y, bottleneck.Outputs), input);
        }

        // Squeeze and excitation: each channel times a share that all channels decide.
        GraphValue Excited(GraphValue y, int reduced)
        {
            var share = graph.Node("GlobalAveragePool", [y.Name], [y.Channels, 1, 1]);
            share = Active(graph.Conv(share, Next().Conv(1, 1, y.Channels, reduced, bias: true)));
            share = graph.Conv(share, Next().Conv(1, 1, reduced, y.Channels, bias: true));
            return graph.Multiply(y, graph.Node("HardSigmoid", [share.Name], share.Shape, new("alpha", 0.2f), new("beta", 0.5f)));
        }

        GraphValue Reduced(GraphValue y, int outputs)
        {
            y = graph.Conv(y, Normed(Next().Conv(1, 1, y.Channels, outputs / 2), Next()));
            return graph.Concat(y, graph.Conv(y, Normed(Next().Depthwise(3, 3, y.Channels), Next()), padding: Padding.Same, groups: y.Channels));
        }

        // Keras stores the two branches, which are equally deep, layer by layer in turns.
        GraphValue WithShortcut(GraphValue input, GraphValue y, Bottleneck bottleneck)
        {
            var (conv, side) = (Next(), Next());
            var (convNorm, sideNorm) = (Next(), Next());
            var (cheap, sideConv) = (Next(), Next());
            var (cheapNorm, sideConvNorm) = (Next(), Next());
            int half = bottleneck.Outputs / 2;
            y = graph.Conv(y, Normed(conv.Conv(1, 1, y.Channels, half), convNorm));
            y = graph.Concat(y, graph.Conv(y, Normed(cheap.Depthwise(3, 3, half), cheapNorm), padding: Padding.Same, groups: half));
            var shortcut = graph.Conv(input, Normed(side.Depthwise(bottleneck.Kernel, bottleneck.Kernel, input.Channels), sideNorm), bottleneck.Stride, Padding.Same, input.Channels);
            return graph.Add(y, graph.Conv(shortcut, Normed(sideConv.Conv(1, 1, input.Channels, bottleneck.Outputs), sideConvNorm)));
        }
    }

    /// <param name="Kernel">Rows and columns of its convolutions of single channels.</param>
    /// <param name="Stride">1 or 2.</param>
    /// <param name="Expanded">Channels inside.</param>
    /// <param name="Outputs">Channels that come out.</param>
    /// <param name="Reduced">Channels to which its squeeze and excitation reduces; 0 for none.</param>
    private sealed record Bottleneck(int Kernel, int Stride, int Expanded, int Outputs, int Reduced);
}
