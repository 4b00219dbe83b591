using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Benchmarks;

/// <summary>Fits the curve of DeepFace's confidence to measured distances.</summary>
internal static class ConfidenceFit
{
    private const int Iterations = 50;

    /// <summary>The logistic curve that is one half at the threshold and else tells same from different best when both count alike, and its range on either side.</summary>
    /// <param name="same">Distances of pairs of one person.</param>
    /// <param name="strangers">Distances of pairs of two people.</param>
    /// <param name="threshold">Largest distance of a match.</param>
    public static ConfidenceCalibration Fit(IReadOnlyList<double> same, IReadOnlyList<double> strangers, double threshold)
    {
        double largest = Math.Max(same.Max(), strangers.Max());
        double normalizer = Math.Max(1, largest);
        double weight = FitSlope(same, strangers, threshold, normalizer);
        double bias = -weight * threshold / normalizer;
        double Curve(double distance) => VerificationConfidence.Curve(weight, bias, distance / normalizer);
        double[] all = [.. same, .. strangers];
        return new(
            weight,
            bias,
            normalizer,
            MaxTrue: Curve(all.Min()),
            MinTrue: Curve(all.Where(distance => distance <= threshold).Max()),
            MaxFalse: Curve(all.Where(distance => distance > threshold).Min()),
            MinFalse: Curve(largest));
    }

    /// <summary>Newton's method on the log-likelihood of the slope; each class weighs one half.</summary>
    private static double FitSlope(IReadOnlyList<double> same, IReadOnlyList<double> strangers, double threshold, double normalizer)
    {
        double weight = 0;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double slope = 0, curvature = 1e-9;
            foreach (var (distances, label) in (ReadOnlySpan<(IReadOnlyList<double>, double)>)[(same, 1.0), (strangers, 0.0)])
            {
                foreach (double distance in distances)
                {
                    double x = (distance - threshold) / normalizer;
                    double p = 1 / (1 + Math.Exp(-weight * x));
                    slope += (label - p) * x / distances.Count;
                    curvature += p * (1 - p) * x * x / distances.Count;
                }
            }

            double step = slope / curvature;
            weight += step;
            if (Math.Abs(step) < 1e-9)
            {
                break;
            }
        }

        return weight;
    }
}
