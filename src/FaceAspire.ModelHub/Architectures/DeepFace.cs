using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>Facebook's DeepFace (Taigman et al., "DeepFace: Closing the Gap to Human-Level Performance in Face Verification", CVPR 2014) as the Keras file of swghosh/DeepFace has it.
/// Input: 3×152×152, BGR, 0 to 1. Output: 4096 values of layer F7, none below 0, not normalised. The 8631 people of the training are left out.</summary>
internal static class DeepFace
{
    private static readonly string[] _order = ["C1", "C3", "L4", "L5", "L6", "F7", "F8"];

    /// <summary>Puts the graph together.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "DeepFace", _order);
        var x = graph.Input(3, 152, 152);
        x = graph.Relu(graph.Conv(x, layers["C1"].Conv(11, 11, 3, 32, bias: true)));
        x = graph.MaxPool(x, 3, 2, Padding.Same);
        x = graph.Relu(graph.Conv(x, layers["C3"].Conv(9, 9, 32, 16, bias: true)));
        x = Rows(graph, x);
        x = LocallyConnected(graph, x, layers["L4"], size: 63, kernel: 9, stride: 1);
        x = LocallyConnected(graph, x, layers["L5"], size: 55, kernel: 7, stride: 2);
        x = LocallyConnected(graph, x, layers["L6"], size: 25, kernel: 5, stride: 1);
        x = graph.Node("Flatten", [x.Name], [7056], new NodeSetting("axis", 1));
        var (kernel, bias) = layers["F7"].Dense(7056, 4096);
        x = graph.Relu(graph.Dense(x, kernel, bias));
        layers["F8"].Dense(4096, 8631);
        layers.RequireAllUsed();
        graph.Output(x, "embedding");
    }

    /// <summary>A map as one row of 16 channels for each place.</summary>
    private static GraphValue Rows(GraphBuilder graph, GraphValue map)
    {
        var turned = graph.ChannelsLast(map);
        int places = (map.Height * map.Width)!.Value;
        return graph.Node("Reshape", [turned.Name, graph.Constant([0, places, map.Channels])], [places, map.Channels]);
    }

    /// <summary>A convolution with weights of its own at every place: the places under the window are gathered to one row, which a matrix of that place alone multiplies. From rows to rows.</summary>
    private static GraphValue LocallyConnected(GraphBuilder graph, GraphValue x, KerasLayer layer, int size, int kernel, int stride)
    {
        const int Channels = 16;
        int outputs = ((size - kernel) / stride) + 1;
        int places = outputs * outputs;
        int inputs = kernel * kernel * Channels;
        var (weights, bias) = layer.LocallyConnected(outputs, outputs, inputs, Channels);

        List<long> indices = new(places * kernel * kernel);
        for (int place = 0; place < places; place++)
        {
            int first = (place / outputs * stride * size) + (place % outputs * stride);
            for (int row = 0; row < kernel; row++)
            {
                for (int column = 0; column < kernel; column++)
                {
                    indices.Add(first + (row * size) + column);
                }
            }
        }

        var windows = graph.Node("Gather", [x.Name, graph.Constant(indices)], [indices.Count, Channels], new NodeSetting("axis", 1));
        windows = graph.Node("Reshape", [windows.Name, graph.Constant([0, places, inputs])], [places, inputs]);
        windows = graph.Node("Transpose", [windows.Name], [null, inputs], new NodeSetting("perm", [1, 0, 2])); // places first: MatMul goes through them
        var product = graph.Node("MatMul", [windows.Name, graph.Constant(weights.Shape, sink => sink(weights.ToArray()))], [null, Channels]);
        product = graph.Node("Transpose", [product.Name], [places, Channels], new NodeSetting("perm", [1, 0, 2]));
        product = graph.Node("Add", [product.Name, graph.Constant([places, Channels], sink => sink(bias.ToArray()))], product.Shape);
        return graph.Relu(product);
    }
}
