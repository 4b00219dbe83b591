using System.Globalization;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>Prints what an evaluation of pairs found.</summary>
internal static class PairReport
{
    private static readonly double[] _rates = [1e-2, 1e-3, 1e-4];

    public static void Write(TextWriter output, Recogniser recogniser, DistanceMetric metric, PairEvaluation evaluation, double? suggestedRate)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        var curve = evaluation.Curve;
        double threshold = recogniser.Model.Thresholds[recogniser.Alignment][metric];
        Line($"{recogniser.Model.Name}, {ApiNames.Alignments.NameOf(recogniser.Alignment)}, {ApiNames.Metrics.NameOf(metric)}: {curve.SameCount} pairs of one person, {curve.StrangerCount} of two");
        Line($"at the catalogue's threshold {threshold}: {curve.Accuracy(threshold):P2} right, true matches {curve.TrueMatchRate(threshold):P2}, false matches {curve.FalseMatchRate(threshold):P3}");
        if (evaluation.CrossValidatedAccuracy() is { } accuracy)
        {
            Line($"at the best threshold of the other nine tenths: {accuracy:P2} right");
        }

        Line($"area under the curve {curve.Area:F5}");
        foreach (double rate in _rates)
        {
            if (curve.ThresholdAt(rate) is { } at)
            {
                Line($"true matches at a false-match rate of {rate}: {curve.TrueMatchRate(at):P2} (threshold {at:F4})");
            }
        }

        if (suggestedRate is { } wanted)
        {
            if (curve.ThresholdAt(wanted) is { } suggested)
            {
                Line($"suggested threshold: {Math.Floor(suggested * 10_000) / 10_000}");
            }
            else
            {
                Line($"no threshold can be suggested: {curve.StrangerCount} pairs of two people cannot show a rate of {wanted}");
            }
        }

        if (evaluation.WithoutFace.Count > 0)
        {
            Line($"left out, no face found: {string.Join(", ", evaluation.WithoutFace)}");
        }
    }
}
