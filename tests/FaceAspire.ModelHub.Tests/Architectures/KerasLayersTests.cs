using FaceAspire.ModelHub.Architectures;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Tests.Architectures;

public sealed class KerasLayersTests
{
    [Fact]
    public void Item_NamedLayer_IsFoundByNameElseByPlace()
    {
        using var file = File(("second", [[1, 1, 1, 2]]), ("first", [[1, 1, 1, 3]]), ("conv2d_7", [[1, 1, 1, 4]]));

        KerasLayers named = new(file, "the network", ["first", "second", "(third)"]);
        named["first"].Conv(1, 1, 1, 3).Outputs.ShouldBe(3);
        named["second"].Conv(1, 1, 1, 2).Outputs.ShouldBe(2);
        named["(third)"].Conv(1, 1, 1, 4).Outputs.ShouldBe(4);
        named.RequireAllUsed();

        KerasLayers other = new(file, "the network", ["a", "b", "c"]);
        other["a"].Conv(1, 1, 1, 2).Outputs.ShouldBe(2);
    }

    [Fact]
    public void RequireAllUsed_LayerLeft_NamesIt()
    {
        using var file = File(("one", [[2]]), ("two", [[2]]));
        KerasLayers layers = new(file, "the network", count: 2);
        _ = layers[0];

        Should.Throw<InvalidDataException>(() => layers.RequireAllUsed()).Message.ShouldBe("Layer 1 'two' has no place in the network.");
    }

    [Fact]
    public void Norm_WithoutGamma_HasScaleOfTheVarianceAlone()
    {
        using var file = File(("norm", [[1], [1], [1]])); // beta, mean and variance, all 1
        KerasLayers layers = new(file, "the network", count: 1);

        var norm = layers[0].Norm(1, epsilon: 3, gamma: false);

        norm.Scale.ShouldBe([0.5f]);
        norm.Shift.ShouldBe([0.5f]);
        Should.Throw<InvalidDataException>(() => layers[0].Norm(1, epsilon: 3)).Message.ShouldBe("Layer 0 'norm' has 3 tensors where gamma, beta, mean and variance are expected.");
        Should.Throw<InvalidDataException>(() => layers[0].Norm(2, epsilon: 3, gamma: false)).Message.ShouldBe("Layer 0 'norm' is 1 where 2 is expected.");
    }

    private static WeightFile File(params (string Name, int[][] Shapes)[] layers) => new(
        [.. layers.Select(static layer => new WeightGroup(layer.Name, [.. layer.Shapes.Select((shape, i) => new WeightTensor($"{layer.Name}/{i}", shape, static numbers => numbers.Fill(1)))]))]);
}
