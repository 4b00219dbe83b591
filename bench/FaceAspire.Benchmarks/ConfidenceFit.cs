using FaceAspire.Contracts.Models;

namespace FaceAspire.Benchmarks;

/// <summary>Fits the curve of DeepFace's confidence to measured distances.</summary>
internal static class ConfidenceFit
{
    private const int Iterations = 50;

    /// <summary>The logistic curve that tells same from different best when both count alike, and its range on either side of the threshold.</summary>
    /// <param name="same">Distances of pairs of one person.</param>
    /// <param name="strangers">Distances of pairs of two people.</param>
    /// <param name="threshold">Largest distance of a match.</param>
    public static ConfidenceCalibration Fit(IReadOnlyList<double> same, IReadOnlyList<double> strangers, double threshold)
    {
        double largest = Math.Max(same.Max(), strangers.Max());
        double normalizer = Math.Max(1, largest);
        var (weight, bias) = FitLogistic(same, strangers, normalizer);
        double Curve(double distance) => 100 / (1 + Math.Exp(-((weight * distance / normalizer) + bias)));
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

    /// <summary>Newton's method on the log-likelihood; each class weighs one half.</summary>
    private static (double Weight, double Bias) FitLogistic(IReadOnlyList<double> same, IReadOnlyList<double> strangers, double normalizer)
    {
        double weight = 0, bias = 0;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double slopeWeight = 0, slopeBias = 0, curveWeight = 1e-9, curveBoth = 0, curveBias = 1e-9;
            foreach (var (distances, label) in (ReadOnlySpan<(IReadOnlyList<double>, double)>)[(same, 1.0), (strangers, 0.0)])
            {
                double share = 0.5 / distances.Count;
                foreach (double distance in distances)
                {
                    double x = distance / normalizer;
                    double p = 1 / (1 + Math.Exp(-((weight * x) + bias)));
                    double error = share * (label - p);
                    double curve = share * p * (1 - p);
                    slopeWeight += error * x;
                    slopeBias += error;
                    curveWeight += curve * x * x;
                    curveBoth += curve * x;
                    curveBias += curve;
                }
            }

            double determinant = (curveWeight * curveBias) - (curveBoth * curveBoth);
            double stepWeight = ((curveBias * slopeWeight) - (curveBoth * slopeBias)) / determinant;
            double stepBias = ((curveWeight * slopeBias) - (curveBoth * slopeWeight)) / determinant;
            weight += stepWeight;
            bias += stepBias;
            if (Math.Abs(stepWeight) + Math.Abs(stepBias) < 1e-9)
            {
                break;
            }
        }

        return (weight, bias);
    }
}
