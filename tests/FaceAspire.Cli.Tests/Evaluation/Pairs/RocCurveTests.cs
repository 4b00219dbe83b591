using FaceAspire.Cli.Evaluation.Pairs;

namespace FaceAspire.Cli.Tests.Evaluation.Pairs;

public sealed class RocCurveTests
{
    // Sorted by hand: s .1, s .2, d .3, s .4, d .5, d .6, d .7
    private readonly RocCurve _curve = new([0.4, 0.1, 0.2], [0.7, 0.3, 0.6, 0.5]);

    [Theory]
    [InlineData(0.05, 0, 0, 4 / 7.0)]
    [InlineData(0.2, 2 / 3.0, 0, 6 / 7.0)]
    [InlineData(0.3, 2 / 3.0, 1 / 4.0, 5 / 7.0)]
    [InlineData(0.45, 1, 1 / 4.0, 6 / 7.0)]
    [InlineData(1, 1, 1, 3 / 7.0)]
    public void Rates_AtAThreshold_AreSharesOfThePairsUpToIt(double threshold, double trueMatches, double falseMatches, double accuracy)
    {
        _curve.TrueMatchRate(threshold).ShouldBe(trueMatches, 1e-12);
        _curve.FalseMatchRate(threshold).ShouldBe(falseMatches, 1e-12);
        _curve.Accuracy(threshold).ShouldBe(accuracy, 1e-12);
    }

    [Fact]
    public void Area_IsTheShareOfRightlyOrderedPairs()
    {
        // Of the 12 combinations only .4 against .3 is in the wrong order; a tie counts one half.
        _curve.Area.ShouldBe(11 / 12.0, 1e-12);
        new RocCurve([0.5], [0.5]).Area.ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public void ThresholdAt_ARate_LiesJustBelowTheFirstRefused()
    {
        double threshold = _curve.ThresholdAt(0.25)!.Value;

        threshold.ShouldBeLessThan(0.5);
        _curve.FalseMatchRate(threshold).ShouldBe(0.25);
        _curve.ThresholdAt(0.2).ShouldBeNull(); // four pairs cannot show it
    }

    [Fact]
    public void BestThreshold_WeighsBothKindsAlike()
    {
        // At .2 two of three and four of four are right, at .4 three of three and three of four.
        _curve.BalancedAccuracy(0.2).ShouldBe(5 / 6.0, 1e-12);
        _curve.BalancedAccuracy(0.4).ShouldBe(7 / 8.0, 1e-12);
        _curve.BestThreshold().ShouldBe(0.4);
        new RocCurve([0.1, 0.3], [0.2]).BestThreshold().ShouldBe(0.1); // .3 accepts the stranger, which is half of the accuracy
    }

    [Fact]
    public void Points_RiseFromTheStrictestThresholdToAcceptingAll()
    {
        var points = _curve.Points().ToList();

        points.Count.ShouldBe(7);
        points[0].ShouldBe((0, 1 / 3.0));
        points[^1].ShouldBe((1, 1));
        points.Zip(points.Skip(1)).ShouldAllBe(static pair => pair.Second.FalseMatchRate >= pair.First.FalseMatchRate && pair.Second.TrueMatchRate >= pair.First.TrueMatchRate);
    }

    [Fact]
    public void Create_OneKindMissing_IsRefused() => Should.Throw<CommandException>(static () => new RocCurve([0.1], []));
}
