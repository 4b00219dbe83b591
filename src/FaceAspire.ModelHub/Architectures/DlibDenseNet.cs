using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>dlib's densely connected face recognition network (<c>face_recognition_densenet_model_v1</c>). Input: RGB, less dlib's means, over 256.</summary>
internal static class DlibDenseNet
{
    private const int Growth = 16;
    private const int Inner = 64;

    /// <summary>For each block, how many units it has and how many channels go into it.</summary>
    private static readonly (int Units, int Channels)[] _blocks = [(3, 32), (6, 40), (12, 68), (8, 130)];

    public static void Build(WeightFile file, GraphBuilder graph)
    {
        DlibLayers layers = new(file, "dlib's DenseNet");
        var units = new Unit[_blocks.Length][];
        for (int block = _blocks.Length - 1; block >= 0; block--)
        {
            units[block] = Units(layers, _blocks[block]);
        }

        layers.Input();
        var x = graph.Input(3, 150, 150);
        x = graph.Relu(graph.Conv(x, layers.Convolution(32, 3, 7, stride: 2, padding: 3).Then(layers.Normalization(32)), stride: 2, Padding.All(3)));
        x = graph.MaxPool(x, 3, 2, Padding.All(1));
        for (int block = 0; block < _blocks.Length; block++)
        {
            foreach (var unit in units[block])
            {
                var grown = graph.Conv(graph.Relu(graph.Affine(x, unit.Before)), unit.Narrow);
                x = graph.Concat(x, graph.Conv(graph.Relu(grown), unit.Grow, padding: Padding.All(1)));
            }

            x = graph.Relu(graph.Affine(x, layers.Normalization(x.Channels)));
            if (block + 1 < _blocks.Length)
            {
                x = graph.AveragePool(graph.Conv(x, layers.Convolution(_blocks[block + 1].Channels, x.Channels, 1, stride: 1, padding: 0)), 2, 2);
            }
        }

        var (weights, bias) = layers.Dense(258, 128, bias: false);
        graph.Output(graph.Dense(graph.GlobalAverage(x), weights, bias), "embedding");
        layers.End();
    }

    /// <summary>The units of a block from its input on; the file has the last one first.</summary>
    private static Unit[] Units(DlibLayers layers, (int Units, int Channels) block)
    {
        var units = new Unit[block.Units];
        for (int i = units.Length - 1; i >= 0; i--)
        {
            int channels = block.Channels + (i * Growth);
            units[i] = new(
                layers.Normalization(channels),
                layers.Convolution(Inner, channels, 1, stride: 1, padding: 0).Then(layers.Normalization(Inner)),
                layers.Convolution(Growth, Inner, 3, stride: 1, padding: 1));
        }

        return units;
    }

    private sealed record Unit(ChannelAffine Before, Kernel Narrow, Kernel Grow);
}
