using FaceAspire.Cli.Evaluation.Detection;
using FaceAspire.Vision.Detection;

namespace FaceAspire.Cli.Tests.Evaluation.Detection;

public sealed class MatchedPictureTests
{
    private static readonly FaceBox _first = new(0, 0, 10, 10);
    private static readonly FaceBox _second = new(100, 0, 20, 20);

    [Fact]
    public void Of_TwoFindsOfOneFace_TheBetterScoreGetsIt()
    {
        var matched = MatchedPicture.Of([Found(_first, 0.6f), Found(_first with { X = 1 }, 0.9f)], [_first, _second], minIou: 0.5f);

        matched.Found.ShouldBe([(0.9f, true), (0.6f, false)]);
        matched.Labelled.ShouldBe([(10f, 0.9f), (20f, null)]);
    }

    [Fact]
    public void Of_FaceThatIsTaken_LeavesTheNextOne()
    {
        // Both labelled boxes overlap both finds; 2 pixels aside is 80 of 120, so 2/3.
        var beside = _first with { X = 2 };

        var matched = MatchedPicture.Of([Found(_first, 0.9f), Found(_first, 0.8f)], [_first, beside], minIou: 0.5f);

        matched.Found.ShouldBe([(0.9f, true), (0.8f, true)]);
        matched.Labelled.ShouldBe([(10f, 0.9f), (10f, 0.8f)]);
    }

    [Theory]
    [InlineData(0.66f, true)]
    [InlineData(0.67f, false)]
    public void Of_OverlapOfTwoThirds_CountsUpToThere(float minIou, bool isFace) =>
        MatchedPicture.Of([Found(_first with { X = 2 }, 0.9f)], [_first], minIou).Found.ShouldBe([(0.9f, isFace)]);

    [Fact]
    public void Of_PictureWithoutFaces_EveryFindIsFalse()
    {
        var matched = MatchedPicture.Of([Found(_first, 0.9f)], [], minIou: 0.5f);

        matched.Found.ShouldBe([(0.9f, false)]);
        matched.Labelled.ShouldBeEmpty();
    }

    [Fact]
    public void ByWidth_Bands_StartWithTheirLowerEnd()
    {
        float[] widths = [160, 19.9f, 20, 39, 40, 200];
        var evaluation = new DetectionEvaluation([new([], [.. widths.Select(static width => (width, (float?)width))])]);

        evaluation.ByWidth().Select(static band => (band.Band, string.Join(' ', band.Scores.Select(static score => $"{score}"))))
            .ShouldBe([("below 20", "19.9"), ("20 to 40", "20 39"), ("40 to 80", "40"), ("160 and more", "160 200")]);
    }

    private static DetectedFace Found(FaceBox box, float score) => new(box, [], score);
}
