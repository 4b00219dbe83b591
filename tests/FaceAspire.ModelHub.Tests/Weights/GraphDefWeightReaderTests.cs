using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Tests.Weights;

public sealed class GraphDefWeightReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Open_Constants_AreGroupedByTheirLayers()
    {
        using var file = Open(new GraphDefSample()
            .Node("data", "Placeholder")
            .Floats("conv1/weights", [2, 2], [1, 2, 3, 4])
            .Floats("conv1/bias", [2], [5, 6], asList: true)
            .Node("conv1/Conv2D", "Conv2D", "data", "conv1/weights")
            .Floats("scale", [], [7]));

        file.Groups.Select(static group => (group.Name, group.Tensors.Count)).ShouldBe([("conv1", 2), ("", 1)]);
        file["conv1/weights"].Shape.ShouldBe([2, 2]);
        file["conv1/weights"].ToArray().ShouldBe([1, 2, 3, 4]);
        file["conv1/bias"].ToArray().ShouldBe([5, 6]);
        file["scale"].ToArray().ShouldBe([7]);
    }

    [Fact]
    public void Open_OneNumberForMany_StandsForAllOfThem()
    {
        using var file = Open(new GraphDefSample().Floats("bias", [3], [0.5f], asList: true));

        file["bias"].ToArray().ShouldBe([0.5f, 0.5f, 0.5f]);
    }

    [Fact]
    public void Open_Quantized_IsSpreadBetweenItsEndsWithZeroOnAStep()
    {
        using var file = Open(new GraphDefSample().Quantized("a/weights", [4], [0, 100, 101, 255], minimum: -1.004f, maximum: 1.546f));

        // A step is 2.55 / 255 = 0.01; −1.004 is moved to −1.00.
        var group = file.Groups.ShouldHaveSingleItem();
        group.Name.ShouldBe("a");
        float[] numbers = group.Tensors.ShouldHaveSingleItem().ToArray();
        float[] expected = [-1, 0, 0.01f, 1.55f];
        numbers.Zip(expected, static (number, other) => Math.Abs(number - other)).Max().ShouldBeLessThan(1e-6f);
    }

    [Fact]
    public void Open_QuantizedEqualEnds_IsThatNumber()
    {
        using var file = Open(new GraphDefSample().Quantized("a", [2], [0, 255], minimum: 0.3f, maximum: 0.3f));

        file["a"].ToArray().ShouldBe([0.3f, 0.3f]);
    }

    [Theory]
    [InlineData("SCALED", "'a' dequantizes in the mode 'SCALED' from 3 tensors where MIN_FIRST from three is known.")]
    [InlineData("MIN_FIRST", "'a_quantized_const' is 3 and has 2 bytes instead of 3.")]
    public void Open_QuantizedOtherwise_IsRefused(string mode, string message) =>
        Should.Throw<InvalidDataException>(() => Open(new GraphDefSample().Quantized("a", [3], [1, 2], 0, 1, mode))).Message.ShouldEndWith(message);

    [Fact]
    public void Open_TwoNodesOfOneName_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Open(new GraphDefSample().Floats("a", [1], [1]).Floats("a", [1], [2]))).Message.ShouldEndWith("it has two nodes 'a'.");

    [Fact]
    public void Open_NoWeights_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Open(new GraphDefSample().Node("data", "Placeholder"))).Message.ShouldEndWith("it has no weights.");

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public void Open_ArrayOfAnImpossibleSize_IsRefused(int size) => Should.Throw<InvalidDataException>(() => Open(new GraphDefSample().Floats("a", [size, size], [1, 2])));

    [Fact]
    public void Open_TruncatedAnywhere_IsRefused()
    {
        byte[] whole = new GraphDefSample().Floats("a", [2], [1, 2]).ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => Open(whole[..length]), $"cut after {length}");
        }
    }

    [Fact]
    public void Open_AnyByteFlipped_SucceedsOrIsRefused() =>
        DamagedFiles.ShouldBeReadOrRefused(new GraphDefSample().Quantized("a/w", [2, 2], [1, 2, 3, 4], 0, 1).Floats("b", [2], [1, 2]).ToArray(), timesEach: 4, Open);

    public void Dispose() => File.Delete(_path);

    private WeightFile Open(GraphDefSample sample) => Open(sample.ToArray());

    private WeightFile Open(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return GraphDefWeightReader.Open(_path);
    }
}
