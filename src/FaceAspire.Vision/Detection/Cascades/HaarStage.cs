namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>A stage of a cascade: a window whose votes sum to less than the threshold is no object.</summary>
/// <param name="First">Number of the stage's first stump in the cascade.</param>
/// <param name="Count">How many stumps vote, at least 1.</param>
/// <param name="Threshold">Least sum of votes.</param>
public readonly record struct HaarStage(int First, int Count, float Threshold);
