using FaceAspire.Cli.Evaluation.Detection;

namespace FaceAspire.Cli.Tests.Evaluation.Detection;

public sealed class PrecisionRecallCurveTests
{
    // Right and wrong so far: .9 1/0, .8 1/1, .7 2/1, .6 2/2, .5 3/2; of 4 faces in 10 pictures.
    private readonly PrecisionRecallCurve _curve = new([(0.7f, true), (0.9f, true), (0.8f, false), (0.5f, true), (0.6f, false)], faces: 4, pictures: 10);

    [Fact]
    public void AveragePrecision_FallingPrecision_IsTheMeanAtEachFace() =>
        _curve.AveragePrecision.ShouldBe((1 + (2 / 3.0) + (3 / 5.0) + 0) / 4, 1e-12);

    [Fact]
    public void AveragePrecision_PrecisionThatRisesAgain_CountsForTheRecallsBefore()
    {
        // Precisions 0, 1/2, 2/3: the two thirds stand for both faces.
        new PrecisionRecallCurve([(0.9f, false), (0.8f, true), (0.7f, true)], faces: 2, pictures: 1).AveragePrecision.ShouldBe(2 / 3.0, 1e-12);
    }

    [Fact]
    public void AveragePrecision_EqualScores_DoesNotDependOnTheirOrder()
    {
        new PrecisionRecallCurve([(0.5f, true), (0.5f, false)], faces: 1, pictures: 1).AveragePrecision.ShouldBe(0.5, 1e-12);
        new PrecisionRecallCurve([(0.5f, false), (0.5f, true)], faces: 1, pictures: 1).AveragePrecision.ShouldBe(0.5, 1e-12);
    }

    [Theory]
    [InlineData(0.95f, 0, 0)]
    [InlineData(0.8f, 0.25, 0.1)]
    [InlineData(0.75f, 0.25, 0.1)]
    [InlineData(0.05f, 0.75, 0.2)]
    public void Rates_AtAScore_CountWhatHasAtLeastIt(float score, double recall, double falsePositives)
    {
        _curve.Recall(score).ShouldBe(recall, 1e-12);
        _curve.FalsePositivesPerPicture(score).ShouldBe(falsePositives, 1e-12);
    }

    [Fact]
    public void ScoreAt_FalsePositives_IsTheLowestThatKeepsThem()
    {
        _curve.ScoreAt(0.1).ShouldBe(0.7f);
        _curve.ScoreAt(0).ShouldBe(0.9f);
        _curve.ScoreAt(1).ShouldBe(0.5f);
    }

    [Fact]
    public void ScoreAt_NothingFound_IsNone()
    {
        var curve = new PrecisionRecallCurve([], faces: 1, pictures: 1);

        curve.ScoreAt(0.1).ShouldBeNull();
        curve.AveragePrecision.ShouldBe(0);
        curve.Recall(0).ShouldBe(0);
    }
}
