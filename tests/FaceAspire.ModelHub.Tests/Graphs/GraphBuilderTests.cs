using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.ModelHub.Tests.Graphs;

public sealed class GraphBuilderTests
{
    [Fact]
    public void Write_SmallNetwork_RunsAsItsLayersSay()
    {
        GraphBuilder graph = new();
        var x = graph.Input(1, 4, 4);
        x = graph.Conv(x, Kernel.Keras(Tensor("kernel", [3, 3, 1, 2], [.. Enumerable.Range(0, 18).Select(static i => i % 2 == 0 ? 1f : -1f)])), padding: Padding.Same);
        x = graph.PRelu(x, Tensor("slopes", [1, 1, 2], [0.5f, 0.25f]));
        x = graph.MaxPool(x, 2, 2);
        x = graph.FlattenChannelsLast(x);
        x = graph.Dense(x, Tensor("dense", [8, 1], [1, 0, 0, 0, 0, 0, 0, 100]), Tensor("bias", [1], [0.5f]));
        graph.Output(x, "y");

        // All ones: the sums of 3×3 windows are 9 in the middle and 4 to 6 at the border.
        Run(graph, [2, 1, 4, 4], [.. Enumerable.Repeat(1f, 16), .. Enumerable.Repeat(2f, 16)]).ShouldBe([9 + (100 * -1f) + 0.5f, 18 + (100 * -2f) + 0.5f]);
    }

    [Fact]
    public void Write_NormalisedConvolution_IsFolded()
    {
        ChannelAffine norm = ChannelAffine.BatchNormalization(Tensor("gamma", [1], [2]), Tensor("beta", [1], [3]), Tensor("mean", [1], [4]), Tensor("variance", [1], [0.25f]), 0);
        GraphBuilder graph = new();
        var x = graph.Input(1, null, null);
        graph.Output(graph.Conv(x, Kernel.Torch(Tensor("kernel", [1, 1, 1, 1], [5]), Tensor("bias", [1], [1])).Then(norm)), "y");

        Run(graph, [1, 1, 1, 2], [0, 1]).ShouldBe([((1 - 4) * 4) + 3, ((6 - 4) * 4) + 3]); // gamma / √variance is 4
    }

    [Fact]
    public void WriteOutline_BesideTheWeights_RunsAsTheWholeFile()
    {
        Random random = new(3);
        GraphBuilder graph = new();
        var x = graph.Input(16, 4, 4);
        x = graph.Conv(x, Kernel.Keras(Tensor("kernel", [3, 3, 16, 5], [.. Enumerable.Range(0, 720).Select(_ => random.NextSingle() - 0.5f)]), Tensor("bias", [5], [1, 2, 3, 4, 5])));
        graph.Output(graph.Dense(graph.Flatten(x), Tensor("dense", [20, 40], [.. Enumerable.Range(0, 800).Select(_ => random.NextSingle() - 0.5f)])), "y");
        var folder = Directory.CreateTempSubdirectory("outline-");
        try
        {
            string outline = Path.Combine(folder.FullName, "outline.onnx");
            using (var weights = File.Create(Path.Combine(folder.FullName, "whole.onnx")))
            using (var beside = File.Create(outline))
            {
                graph.Write(weights, "test", CancellationToken.None);
                graph.WriteOutline(beside, "test", "whole.onnx");
                beside.Length.ShouldBeLessThan(weights.Length / 4);
            }

            float[] input = [.. Enumerable.Range(0, 256).Select(_ => random.NextSingle())];
            using InferenceSession session = new(outline);
            Run(session, [1, 16, 4, 4], input).ShouldBe(Run(graph, [1, 16, 4, 4], input));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Conv_Dilated_LeavesPlacesOut()
    {
        GraphBuilder graph = new();
        var x = graph.Input(1, 5, 5);
        var y = graph.Conv(x, Kernel.Torch(Tensor("kernel", [1, 1, 3, 3], [.. Enumerable.Range(1, 9).Select(static i => (float)i)])), dilation: 2);
        graph.Output(y, "y");

        // The corners, the middles of the sides and the centre of five rows: every other pixel of every other row.
        float[] input = [.. Enumerable.Range(0, 25).Select(static i => (float)i)];
        Run(graph, [1, 1, 5, 5], input).ShouldBe([(1 * 0) + (2 * 2) + (3 * 4) + (4 * 10) + (5 * 12) + (6 * 14) + (7 * 20) + (8 * 22) + (9 * 24)]);
        (y.Height, y.Width).ShouldBe((1, 1));
    }

    [Fact]
    public void Conv_KernelOfOtherChannels_IsRefused()
    {
        GraphBuilder graph = new();
        var x = graph.Input(3, 8, 8);

        Should.Throw<InvalidDataException>(() => graph.Conv(x, Kernel.Torch(Tensor("kernel", [4, 2, 1, 1], new float[8])))).Message.ShouldBe("A convolution of 2 channels stands behind 3.");
    }

    [Theory]
    [InlineData(5, 3, 2)] // ⌈5/2⌉ = 3: one before, one after
    [InlineData(4, 3, 2)] // none before, one after
    [InlineData(4, 5, 2)]
    [InlineData(7, 3, 1)]
    public void Conv_Same_GivesTensorFlowsSize(int size, int kernel, int stride)
    {
        GraphBuilder graph = new();
        var x = graph.Input(1, size, size);
        var y = graph.Conv(x, Kernel.Torch(Tensor("kernel", [1, 1, kernel, kernel], new float[kernel * kernel])), stride, Padding.Same);
        graph.Output(y, "y");

        y.Height.ShouldBe((size + stride - 1) / stride);
        Run(graph, [1, 1, size, size], new float[size * size]).Length.ShouldBe(y.Height!.Value * y.Width!.Value);
    }

    private static WeightTensor Tensor(string name, int[] shape, float[] numbers) => new(name, shape, numbers.CopyTo);

    private static float[] Run(GraphBuilder graph, long[] shape, float[] input)
    {
        using MemoryStream file = new();
        graph.Write(file, "test", CancellationToken.None);
        using InferenceSession session = new(file.ToArray());
        return Run(session, shape, input);
    }

    private static float[] Run(InferenceSession session, long[] shape, float[] input)
    {
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, shape);
        using RunOptions options = new();
        using var outputs = session.Run(options, ["input"], [tensor], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
