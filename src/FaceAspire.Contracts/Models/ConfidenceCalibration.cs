namespace FaceAspire.Contracts.Models;

/// <summary>Calibration, in DeepFace's form, of the confidence of a model and metric: a logistic curve over the distance, and its range among matches and non-matches.</summary>
/// <param name="Weight">Slope of the curve.</param>
/// <param name="Bias">Shift of the curve.</param>
/// <param name="Normalizer">Divides the distance when above 1.</param>
/// <param name="MaxTrue">Highest value of the curve among matches of the calibration set.</param>
/// <param name="MinTrue">Lowest value among matches.</param>
/// <param name="MaxFalse">Highest value among non-matches.</param>
/// <param name="MinFalse">Lowest value among non-matches.</param>
public sealed record ConfidenceCalibration(double Weight, double Bias, double Normalizer, double MaxTrue, double MinTrue, double MaxFalse, double MinFalse);
