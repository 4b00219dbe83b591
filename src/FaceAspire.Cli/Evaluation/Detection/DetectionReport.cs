using System.Globalization;
using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>Prints what an evaluation of a detector found.</summary>
internal static class DetectionReport
{
    private const double FalsePositives = 0.1; // per picture

    public static void Write(TextWriter output, ModelEntry detector, float minIou, DetectionEvaluation evaluation)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        var curve = evaluation.Curve;
        float threshold = detector.ScoreThreshold;
        Line($"{detector.Name}: {evaluation.Pictures.Count} pictures, {evaluation.Faces.Count()} faces, intersection over union of at least {minIou}");
        Line($"average precision {curve.AveragePrecision:F4}");
        Line($"at the catalogue's score threshold {threshold}: recall {curve.Recall(threshold):P2}, {curve.FalsePositivesPerPicture(threshold):F3} false positives per picture");
        if (curve.ScoreAt(FalsePositives) is { } score)
        {
            Line($"at {FalsePositives} false positives per picture: recall {curve.Recall(score):P2} (score threshold {score:F3})");
        }
        else
        {
            Line($"at {FalsePositives} false positives per picture: recall {0:P2}");
        }

        if (evaluation.LandmarkErrors(threshold) is { Count: > 0 } errors)
        {
            Line($"landmarks of {errors.Count} faces found there: mean error {errors.Average():P1} of the distance of the eyes, median {errors[errors.Count / 2]:P1}");
        }

        string Recall(IReadOnlyList<float?> scores, float lowest) =>
            (scores.Count(found => found >= lowest) / (double)scores.Count).ToString("P1", CultureInfo.InvariantCulture);
        output.WriteLine();
        TextTable.Write(output,
        [
            ["width, pixels", "faces", string.Create(CultureInfo.InvariantCulture, $"recall at {threshold}"), string.Create(CultureInfo.InvariantCulture, $"at {DetectionEvaluation.LowestScore}")],
            .. evaluation.ByWidth().Select(band => (IReadOnlyList<string>)
                [band.Band, band.Scores.Count.ToString(CultureInfo.InvariantCulture), Recall(band.Scores, threshold), Recall(band.Scores, DetectionEvaluation.LowestScore)]),
        ]);
    }
}
