using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>RetinaFace (Deng et al., CVPR 2020) on ResNet-50, as the Keras file that DeepFace takes has it. Input: 3×height×width of any size, RGB, 0 to 255. Outputs: for each of the
/// strides 32, 16 and 8 the shares of "no face" and "face" of the two anchors, their boxes and their points, cell after cell (row, column, number).</summary>
internal static class RetinaFaceResNet
{
    private const double Epsilon = 1.9999999494757503e-05;
    private const int Pyramid = 256;

    private static readonly (int Channels, int Units)[] _stages = [(64, 3), (128, 4), (256, 6), (512, 3)];
    private static readonly (string Head, int Stride)[] _heads = [("ssh_m3", 32), ("ssh_m2", 16), ("ssh_m1", 8)];
    private static readonly string[] _order = Order();

    /// <summary>Puts the graph together.</summary>
    public static void Build(WeightFile weights, GraphBuilder graph)
    {
        KerasLayers layers = new(weights, "RetinaFace", _order);
        var x = graph.Affine(graph.Input(3, null, null), layers["bn_data"].Norm(3, Epsilon));
        x = graph.Relu(graph.Conv(x, layers["conv0"].Conv(7, 7, 3, 64).Then(layers["bn0"].Norm(64, Epsilon)), 2, Padding.All(3)));
        x = graph.MaxPool(x, 3, 2, Padding.All(1));
        Dictionary<int, GraphValue> taps = []; // where a stage begins, before it halves the map
        for (int stage = 1; stage <= _stages.Length; stage++)
        {
            for (int unit = 1; unit <= _stages[stage - 1].Units; unit++)
            {
                (x, var inner) = Unit(x, $"stage{stage}_unit{unit}", _stages[stage - 1].Channels, isFirst: unit == 1, stride: unit == 1 && stage > 1 ? 2 : 1);
                taps.TryAdd(stage, inner);
            }
        }

        var deepest = Cell(graph.Relu(graph.Affine(x, layers["bn1"].Norm(x.Channels, Epsilon))), "ssh_c3_lateral", Pyramid, 1);
        var middle = Joined(Cell(taps[4], "ssh_c2_lateral", Pyramid, 1), deepest, "ssh_c2_aggr");
        var finest = Joined(Cell(taps[3], "ssh_m1_red_conv", Pyramid, 1), middle, "ssh_c1_aggr");
        GraphValue[] maps = [deepest, middle, finest];
        for (int i = 0; i < maps.Length; i++)
        {
            AddOutputs(maps[i], _heads[i].Head, _heads[i].Stride);
        }

        layers.RequireAllUsed();

        // Normalised before each convolution; the first of a stage has a shortcut of its own, which starts behind the first normalization.
        (GraphValue Output, GraphValue Inner) Unit(GraphValue input, string name, int channels, bool isFirst, int stride)
        {
            var start = graph.Relu(graph.Affine(input, layers[$"{name}_bn1"].Norm(input.Channels, Epsilon)));
            var inner = graph.Relu(graph.Conv(start, layers[$"{name}_conv1"].Conv(1, 1, input.Channels, channels).Then(layers[$"{name}_bn2"].Norm(channels, Epsilon))));
            var y = graph.Conv(inner, layers[$"{name}_conv2"].Conv(3, 3, channels, channels).Then(layers[$"{name}_bn3"].Norm(channels, Epsilon)), stride, Padding.All(1));
            y = graph.Conv(graph.Relu(y), layers[$"{name}_conv3"].Conv(1, 1, channels, 4 * channels));
            var shortcut = isFirst ? graph.Conv(start, layers[$"{name}_sc"].Conv(1, 1, input.Channels, 4 * channels), stride) : input;
            return (graph.Add(y, shortcut), inner);
        }

        GraphValue Bare(GraphValue input, string name, int channels, int size) => graph.Conv(
            input, layers[name].Conv(size, size, input.Channels, channels, bias: true).Then(layers[$"{name}_bn"].Norm(channels, Epsilon)), padding: Padding.All(size / 2));

        GraphValue Cell(GraphValue input, string name, int channels, int size) => graph.Relu(Bare(input, name, channels, size));

        GraphValue Joined(GraphValue lateral, GraphValue deeper, string name) => Cell(graph.Add(lateral, EnlargedTo(deeper, lateral)), name, Pyramid, 3);

        // Each cell four times, and of that the middle as large as the other map.
        GraphValue EnlargedTo(GraphValue input, GraphValue other)
        {
            var large = graph.Node(
                "Resize",
                [input.Name, "", graph.Constant([4], static sink => sink([1, 1, 2, 2]))],
                input.Shape,
                new("mode", "nearest"),
                new("coordinate_transformation_mode", "asymmetric"),
                new("nearest_mode", "floor"));
            var have = graph.Node("Shape", [large.Name], [2], new("start", 2), new("end", 4));
            var want = graph.Node("Shape", [other.Name], [2], new("start", 2), new("end", 4));
            var excess = graph.Node("Sub", [have.Name, want.Name], [2]);
            var start = graph.Node("Div", [excess.Name, graph.Constant([2])], [2]);
            var end = graph.Node("Add", [start.Name, want.Name], [2]);
            return graph.Node("Slice", [large.Name, start.Name, end.Name, graph.Constant([2, 3])], other.Shape);
        }

        // The context module of SSH (Najibi et al., 2017), then three convolutions of 1×1.
        void AddOutputs(GraphValue input, string head, int stride)
        {
            var near = Bare(input, $"{head}_det_conv1", 256, 3);
            var context = Cell(input, $"{head}_det_context_conv1", 128, 3);
            var wide = Bare(context, $"{head}_det_context_conv2", 128, 3);
            var wider = Bare(Cell(context, $"{head}_det_context_conv3_1", 128, 3), $"{head}_det_context_conv3_2", 128, 3);
            var y = graph.Relu(graph.Concat(near, wide, wider));
            AddOutput(Shares(Prediction(y, "cls_score", 4, stride)), $"face_rpn_cls_prob_stride{stride}");
            AddOutput(Prediction(y, "bbox_pred", 8, stride), $"face_rpn_bbox_pred_stride{stride}");
            AddOutput(Prediction(y, "landmark_pred", 20, stride), $"face_rpn_landmark_pred_stride{stride}");
        }

        GraphValue Prediction(GraphValue input, string what, int channels, int stride) =>
            graph.Conv(input, layers[$"face_rpn_{what}_stride{stride}"].Conv(1, 1, 512, channels, bias: true));

        // Channels are "no face" of both anchors, then "face" of both: a share is of the two that are two channels apart.
        GraphValue Shares(GraphValue scores)
        {
            var pairs = graph.Node("Reshape", [scores.Name, graph.Constant([0, 2, 2, -1])], [2, 2, null]);
            var shares = graph.Softmax(pairs);
            return graph.Node("Reshape", [shares.Name, graph.Node("Shape", [scores.Name], [4]).Name], scores.Shape);
        }

        void AddOutput(GraphValue map, string name) =>
            graph.Output(graph.ChannelsLast(map), name);
    }

    /// <summary>Keras's order, for files whose names say nothing.</summary>
    private static string[] Order()
    {
        List<string> order = ["bn_data", "conv0", "bn0"];
        for (int stage = 1; stage <= _stages.Length; stage++)
        {
            for (int unit = 1; unit <= _stages[stage - 1].Units; unit++)
            {
                string[] parts = unit == 1 ? ["bn1", "conv1", "bn2", "conv2", "bn3", "conv3", "sc"] : ["bn1", "conv1", "bn2", "conv2", "bn3", "conv3"];
                order.AddRange(parts.Select(part => $"stage{stage}_unit{unit}_{part}"));
            }
        }

        order.Add("bn1");
        AddNormed(["ssh_c3_lateral"], ["ssh_c2_lateral"], ["ssh_c2_aggr"], ["ssh_m1_red_conv"], ["ssh_c1_aggr"]);
        AddNormed(
            [.. _heads.Select(static head => $"{head.Head}_det_context_conv1")],
            [.. _heads.Select(static head => $"{head.Head}_det_context_conv3_1")],
            [.. _heads.SelectMany(static head => (string[])[$"{head.Head}_det_conv1", $"{head.Head}_det_context_conv2", $"{head.Head}_det_context_conv3_2"])]);
        order.AddRange(_heads.Select(static head => $"face_rpn_cls_score_stride{head.Stride}"));
        order.AddRange(_heads.SelectMany(static head => (string[])[$"face_rpn_bbox_pred_stride{head.Stride}", $"face_rpn_landmark_pred_stride{head.Stride}"]));
        return [.. order];

        void AddNormed(params ReadOnlySpan<string[]> levels)
        {
            foreach (string[] level in levels)
            {
                order.AddRange(level);
                order.AddRange(level.Select(static conv => $"{conv}_bn"));
            }
        }
    }
}
