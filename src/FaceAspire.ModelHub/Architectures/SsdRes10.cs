using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>OpenCV's face detector (opencv_3rdparty, <c>dnn_samples_face_detector_20180220_uint8</c>): SSD (Liu et al., ECCV 2016) on four residual blocks. Input: BGR of 300×300 minus (104, 177, 123).</summary>
internal static class SsdRes10
{
    private const double Epsilon = 1.0009999641624745e-05; // as the graph has it
    private const int Side = 300;

    /// <summary>For each map of which boxes are foreseen: its layer, rows and columns, pixels from one place to the next, and the boxes of a place.</summary>
    private static readonly Level[] _levels =
    [
        new("conv4_3_norm", 38, 8, 30, 60, [2]),
        new("fc7", 19, 16, 60, 111, [2, 3]),
        new("conv6_2", 10, 32, 111, 162, [2, 3]),
        new("conv7_2", 5, 64, 162, 213, [2, 3]),
        new("conv8_2", 5, 100, 213, 264, [2]),
        new("conv9_2", 5, 300, 264, 315, [2]),
    ];

    public static void Build(WeightFile file, GraphBuilder graph)
    {
        var x = graph.Input(3, Side, Side);
        x = graph.Affine(x, Normalization(file, "data_bn").Then(Scale(file, "data_scale")));
        x = graph.Conv(x, Kernel.Keras(file["conv1_h/weights"].Of(7, 7, 3, 32), file["conv1_h/bias"]).Then(Normalization(file, "conv1_bn_h")).Then(Scale(file, "conv1_scale_h")), stride: 2, Padding.All(3));
        x = graph.MaxPool(graph.Relu(x), 3, 2, Padding.Same);

        x = graph.Add(Pair(graph, file, x, new("layer_64_1", "_h", "_h", Inner: 32, Outputs: 32)), x);
        x = Activated(graph, file, x, "layer_128_1", "1_h");
        x = graph.Add(Pair(graph, file, x, new("layer_128_1", "_h", "", Inner: 128, Outputs: 128, Stride: 2)), Expanded(graph, file, x, "layer_128_1_conv_expand_h", 128, stride: 2));
        var fine = Activated(graph, file, x, "layer_256_1", "1");
        x = graph.Add(Pair(graph, file, fine, new("layer_256_1", "", "", Inner: 256, Outputs: 256, Stride: 2)), Expanded(graph, file, fine, "layer_256_1_conv_expand", 256, stride: 2));
        x = Activated(graph, file, x, "layer_512_1", "1");
        x = graph.Add(Pair(graph, file, x, new("layer_512_1", "_h", "_h", Inner: 128, Outputs: 256, Dilation: 2)), Expanded(graph, file, x, "layer_512_1_conv_expand_h", 256, stride: 1));
        x = Activated(graph, file, x, "last", "_h");

        var level6 = Narrowed(graph, file, x, "conv6", inner: 128, outputs: 256, stride: 2);
        var level7 = Narrowed(graph, file, level6, "conv7", inner: 64, outputs: 128, stride: 2);
        var level8 = Narrowed(graph, file, level7, "conv8", inner: 64, outputs: 128);
        var level9 = Narrowed(graph, file, level8, "conv9", inner: 64, outputs: 128);
        GraphValue[] maps = [Normalized(graph, file, fine), x, level6, level7, level8, level9];

        var offsets = graph.Concat([.. _levels.Zip(maps, (level, map) => Head(graph, file, map, level, "loc", 4))]);
        var classes = graph.Concat([.. _levels.Zip(maps, (level, map) => Head(graph, file, map, level, "conf", 2))]);
        graph.Output(Corners(graph, offsets), "boxes");
        var shares = graph.Node("Softmax", [classes.Name], classes.Shape, new NodeSetting("axis", 2));
        var faces = graph.Node("Slice", [shares.Name, graph.Constant([1]), graph.Constant([2]), graph.Constant([2])], [classes.Channels, 1]);
        graph.Output(graph.Flatten(faces), "scores");
    }

    /// <summary>The two convolutions of a residual block; the second may leave places out.</summary>
    private static GraphValue Pair(GraphBuilder graph, WeightFile file, GraphValue x, Block block)
    {
        string first = $"{block.Name}_conv1{block.FirstSuffix}";
        var kernel = Kernel.Keras(file[$"{first}/weights"].Of(3, 3, x.Channels, block.Inner), file[$"{first}/Conv2D_bn_offset"]).Then(Scale(file, $"{block.Name}_scale2{block.SecondSuffix}"));
        x = graph.Relu(graph.Conv(x, kernel, block.Stride, Padding.All(1)));
        kernel = Kernel.Keras(file[$"{block.Name}_conv2{block.SecondSuffix}/weights"].Of(3, 3, block.Inner, block.Outputs));
        return graph.Conv(x, kernel, padding: Padding.All(block.Dilation), dilation: block.Dilation);
    }

    private static GraphValue Expanded(GraphBuilder graph, WeightFile file, GraphValue x, string name, int outputs, int stride) =>
        graph.Conv(x, Kernel.Keras(file[$"{name}/weights"].Of(1, 1, x.Channels, outputs)), stride);

    private static GraphValue Activated(GraphBuilder graph, WeightFile file, GraphValue x, string name, string suffix) =>
        graph.Relu(graph.Affine(x, Normalization(file, $"{name}_bn{suffix}").Then(Scale(file, $"{name}_scale{suffix}"))));

    /// <summary>Fewer channels, then a convolution of 3×3 with more.</summary>
    private static GraphValue Narrowed(GraphBuilder graph, WeightFile file, GraphValue x, string name, int inner, int outputs, int stride = 1)
    {
        x = graph.Relu(graph.Conv(x, Kernel.Keras(file[$"{name}_1_h/weights"].Of(1, 1, x.Channels, inner), file[$"{name}_1_h/bias"])));
        return graph.Relu(graph.Conv(x, Kernel.Keras(file[$"{name}_2_h/weights"].Of(3, 3, inner, outputs), file[$"{name}_2_h/bias"]), stride, Padding.All(1)));
    }

    /// <summary>Each place's channels brought to length 1, then scaled.</summary>
    private static GraphValue Normalized(GraphBuilder graph, WeightFile file, GraphValue x)
    {
        var smallest = file["conv4_3_norm/l2_normalize/Maximum/y"].Of();
        var squares = graph.Multiply(x, x);
        var sums = graph.Node("ReduceSum", [squares.Name, graph.Constant([1])], [1, x.Height, x.Width]);
        sums = graph.Node("Max", [sums.Name, graph.Constant([1], sink => sink(smallest.ToArray()))], sums.Shape);
        var lengths = graph.Node("Sqrt", [sums.Name], sums.Shape);
        x = graph.Node("Div", [x.Name, lengths.Name], x.Shape);
        float[] scale = file["conv4_3_norm/mul"].Of(x.Channels).ToArray();
        return graph.Node("Mul", [x.Name, graph.Constant([x.Channels, 1, 1], sink => sink(scale))], x.Shape);
    }

    /// <summary>A row of numbers for each foreseen box.</summary>
    private static GraphValue Head(GraphBuilder graph, WeightFile file, GraphValue x, Level level, string kind, int numbers)
    {
        string name = $"{level.Name}_mbox_{kind}";
        var y = graph.Conv(x, Kernel.Keras(file[$"{name}/weights"].Of(3, 3, x.Channels, level.Boxes * numbers), file[$"{name}/bias"]), padding: Padding.All(1));
        return graph.AnchorRows(y, numbers);
    }

    /// <summary>Left, top, right and bottom as parts of the sides: offsets move a foreseen box by a tenth of its size for each 1, and e^0.2 makes it larger.</summary>
    private static GraphValue Corners(GraphBuilder graph, GraphValue offsets)
    {
        const float CentreVariance = 0.1f, SizeVariance = 0.2f;
        float[][] foreseen = [.. _levels.SelectMany(static level => level.Foreseen())];
        int count = foreseen.Length;
        string centres = Column(0, 2), sizes = Column(2, 2);
        var half = graph.Scale(Along(2, 4), SizeVariance);
        half = graph.Node("Exp", [half.Name], half.Shape);
        half = graph.Scale(graph.Node("Mul", [half.Name, sizes], half.Shape), 0.5f);
        var moved = graph.Scale(Along(0, 2), CentreVariance);
        moved = graph.Node("Mul", [moved.Name, sizes], moved.Shape);
        var centre = graph.Node("Add", [moved.Name, centres], moved.Shape);
        var lower = graph.Node("Sub", [centre.Name, half.Name], half.Shape);
        var upper = graph.Node("Add", [centre.Name, half.Name], half.Shape);
        return graph.Node("Concat", [lower.Name, upper.Name], [count, 4], new NodeSetting("axis", 2));

        GraphValue Along(int start, int end) => graph.Node("Slice", [offsets.Name, graph.Constant([start]), graph.Constant([end]), graph.Constant([2])], [count, end - start]);

        string Column(int start, int length) => graph.Constant([count, length], sink =>
        {
            foreach (float[] box in foreseen)
            {
                sink(box.AsSpan(start, length));
            }
        });
    }

    private static ChannelAffine Normalization(WeightFile file, string name) =>
        ChannelAffine.BatchNormalization(file[$"{name}/gamma"], file[$"{name}/beta"], file[$"{name}/mean"], file[$"{name}/std"], Epsilon);

    private static ChannelAffine Scale(WeightFile file, string name) => new(file[$"{name}/mul"].ToArray(), file[$"{name}/add"].ToArray());

    /// <summary>A residual block's names and sizes; the authors' names have a suffix in one half, in both or in none.</summary>
    private sealed record Block(string Name, string FirstSuffix, string SecondSuffix, int Inner, int Outputs, int Stride = 1, int Dilation = 1);

    /// <param name="Name">Of its layers.</param>
    /// <param name="Size">Rows and columns.</param>
    /// <param name="Step">Pixels from one place to the next.</param>
    /// <param name="Smallest">Side of the smallest box.</param>
    /// <param name="Next">Side of the next level's.</param>
    /// <param name="Ratios">Width to height of the boxes that are no squares; each lies and stands.</param>
    private sealed record Level(string Name, int Size, int Step, int Smallest, int Next, int[] Ratios)
    {
        /// <summary>Boxes of a place.</summary>
        public int Boxes => 2 + (2 * Ratios.Length);

        /// <summary>Centre and size of all boxes as parts of the picture's side (Caffe's <c>PriorBox</c>).</summary>
        public IEnumerable<float[]> Foreseen()
        {
            double between = Math.Sqrt(Smallest * Next);
            (double Width, double Height)[] sizes = [(Smallest, Smallest), (between, between), .. Ratios.SelectMany(ratio =>
            {
                double factor = Math.Sqrt(ratio);
                return ((double, double)[])[(Smallest * factor, Smallest / factor), (Smallest / factor, Smallest * factor)];
            })];
            return
                from row in Enumerable.Range(0, Size)
                from column in Enumerable.Range(0, Size)
                from size in sizes
                select (float[])[(float)((column + 0.5) * Step / Side), (float)((row + 0.5) * Step / Side), (float)(size.Width / Side), (float)(size.Height / Side)];
        }
    }
}
