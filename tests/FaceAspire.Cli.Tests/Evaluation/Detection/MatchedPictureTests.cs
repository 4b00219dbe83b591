using System.Numerics;
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
        var matched = MatchedPicture.Of([Found(_first, 0.6f), Found(_first with { X = 1 }, 0.9f)], Labelled(_first, _second), minIou: 0.5f);

        matched.Found.ShouldBe([(0.9f, true), (0.6f, false)]);
        matched.Labelled.ShouldBe([new(10, 0.9f, null), new(20, null, null)]);
    }

    [Fact]
    public void Of_FaceThatIsTaken_LeavesTheNextOne()
    {
        // Both labelled boxes overlap both finds; 2 pixels aside is 80 of 120, so 2/3.
        var beside = _first with { X = 2 };

        var matched = MatchedPicture.Of([Found(_first, 0.9f), Found(_first, 0.8f)], Labelled(_first, beside), minIou: 0.5f);

        matched.Found.ShouldBe([(0.9f, true), (0.8f, true)]);
        matched.Labelled.ShouldBe([new(10, 0.9f, null), new(10, 0.8f, null)]);
    }

    [Theory]
    [InlineData(0.66f, true)]
    [InlineData(0.67f, false)]
    public void Of_OverlapOfTwoThirds_CountsUpToThere(float minIou, bool isFace) =>
        MatchedPicture.Of([Found(_first with { X = 2 }, 0.9f)], Labelled(_first), minIou).Found.ShouldBe([(0.9f, isFace)]);

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
        var evaluation = new DetectionEvaluation([new([], [.. widths.Select(static width => new MatchedFace(width, width, null))])]);

        evaluation.ByWidth().Select(static band => (band.Band, string.Join(' ', band.Scores.Select(static score => $"{score}"))))
            .ShouldBe([("below 20", "19.9"), ("20 to 40", "20 39"), ("40 to 80", "40"), ("160 and more", "160 200")]);
    }

    [Fact]
    public void LandmarkErrors_FoundFaces_ArePartsOfTheDistanceOfTheEyes()
    {
        Vector2[] truth = [new(2, 2), new(7, 2), new(5, 5), new(3, 8), new(7, 8)];
        Vector2 aside = new(0, 1);
        LabelledBox[] labelled = [new(_first, truth), new(_second, truth), new(new(200, 0, 10, 10), [])];

        // All points a pixel too low: a fifth of the five pixels between the eyes. The second face is unsure, the third has no labelled landmarks.
        var matched = MatchedPicture.Of(
            [
                new(_first, [.. truth.Select(point => point + aside)], 0.9f),
                new(_second, [.. truth.Select(point => point + (2 * aside))], 0.3f),
                new(labelled[2].Box, truth, 0.9f),
            ],
            labelled,
            minIou: 0.5f);
        var evaluation = new DetectionEvaluation([matched]);

        evaluation.LandmarkErrors(0.5f).Single().ShouldBe(0.2, 1e-6);
        evaluation.LandmarkErrors(0.1f).Select(static error => Math.Round(error, 6)).ShouldBe([0.2, 0.4]);
    }

    private static LabelledBox[] Labelled(params FaceBox[] boxes) => [.. boxes.Select(static box => new LabelledBox(box, []))];

    private static DetectedFace Found(FaceBox box, float score) => new(box, [], score);
}
