using FaceAspire.Contracts.Models;

namespace FaceAspire.Vision.Recognition;

/// <summary>DeepFace's confidence of a verdict: a logistic curve over the distance, stretched so that every match is at least 51 and every other at most 49.</summary>
public static class VerificationConfidence
{
    private const double LowestMatch = 51;
    private const double HighestNonMatch = 49;

    /// <summary>0 to 100, two decimals.</summary>
    /// <param name="calibration">The curve of the model and metric; null where there is none: 51 or 49, except at distance 0.</param>
    /// <param name="distance">The distance, not negative.</param>
    /// <param name="verified">Whether it is within the model's own threshold.</param>
    public static double Of(ConfidenceCalibration? calibration, double distance, bool verified)
    {
        if (distance <= 0)
        {
            return verified ? 100 : 0;
        }

        if (calibration is null)
        {
            return verified ? LowestMatch : HighestNonMatch;
        }

        double normalized = calibration.Normalizer > 1 ? distance / calibration.Normalizer : distance;
        double value = Curve(calibration.Weight, calibration.Bias, normalized);
        double confidence = verified
            ? Math.Max(LowestMatch, Stretch(value, calibration.MinTrue, calibration.MaxTrue, Math.Max(LowestMatch, calibration.MinTrue), 100))
            : Math.Min(HighestNonMatch, Stretch(value, calibration.MinFalse, calibration.MaxFalse, 0, Math.Min(HighestNonMatch, Math.Floor(calibration.MaxFalse))));
        return Math.Round(Math.Clamp(confidence, 0, 100), 2);
    }

    /// <summary>The logistic curve before it is stretched, 0 to 100.</summary>
    internal static double Curve(double weight, double bias, double normalizedDistance) => 100 / (1 + Math.Exp(-((weight * normalizedDistance) + bias)));

    private static double Stretch(double value, double fromMin, double fromMax, double toMin, double toMax) =>
        ((value - fromMin) / (fromMax - fromMin) * (toMax - toMin)) + toMin;
}
