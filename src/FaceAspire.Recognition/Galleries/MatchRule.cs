using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reading;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Recognition.Galleries;

/// <summary>When a distance counts as the same person, and how sure that is.</summary>
internal sealed class MatchRule
{
    private readonly double _modelThreshold;
    private readonly ConfidenceCalibration? _calibration;

    /// <summary>The rule of a plan's model.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="metric">How distances are measured.</param>
    /// <param name="threshold">The request's own threshold; null for the model's.</param>
    public MatchRule(RecognitionPlan plan, DistanceMetric metric, double? threshold = null)
    {
        Metric = metric;
        _modelThreshold = plan.Model.Thresholds[plan.Alignment][metric];
        _calibration = plan.Model.Calibrations.GetValueOrDefault(metric);
        Threshold = threshold ?? _modelThreshold;
    }

    /// <summary>How distances are measured.</summary>
    public DistanceMetric Metric { get; }

    /// <summary>The largest distance of a match.</summary>
    public double Threshold { get; }

    /// <summary>0 to 100. As in verify the model's own threshold decides its side, not the request's.</summary>
    public double ConfidenceOf(double distance) => VerificationConfidence.Of(_calibration, distance, distance <= _modelThreshold);
}
