using FaceAspire.Cli.Evaluation.Attributes;

namespace FaceAspire.Cli.Tests.Evaluation.Attributes;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void Create_UnequalClasses_BalancedAccuracyWeighsThemEqually()
    {
        // Of a: 6 of 8 right; of b: 1 of 2; of c: none, so c has no recall. Right in all: 7 of 10; mean of the recalls: (0.75 + 0.5) / 2.
        var answers = Enumerable.Repeat(("a", "a"), 6).Append(("a", "b")).Append(("a", "c")).Append(("b", "b")).Append(("b", "a"));

        var matrix = new ConfusionMatrix(["a", "b", "c"], answers);

        matrix.Count.ShouldBe(10);
        matrix.Accuracy.ShouldBe(0.7);
        matrix.BalancedAccuracy.ShouldBe(0.625);
        matrix.Recall(0).ShouldBe(0.75);
        matrix.Recall(2).ShouldBeNull();
        int[][] counts = [.. Enumerable.Range(0, 3).Select(label => Enumerable.Range(0, 3).Select(told => matrix[label, told]).ToArray())];
        counts.ShouldBe([[6, 1, 1], [1, 1, 0], [0, 0, 0]]);
    }

    [Fact]
    public void Create_NoFaces_HasNoShares()
    {
        var matrix = new ConfusionMatrix(["a"], []);

        matrix.Accuracy.ShouldBeNull();
        matrix.BalancedAccuracy.ShouldBeNull();
    }
}
