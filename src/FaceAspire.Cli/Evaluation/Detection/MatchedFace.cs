namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>A labelled face and what a detector found of it.</summary>
/// <param name="Width">Of its labelled box, in pixels.</param>
/// <param name="Score">That it was found with; null when it was missed.</param>
/// <param name="LandmarkError">As in <see cref="LabelledBox.ErrorOf"/>; null also when it was missed.</param>
internal readonly record struct MatchedFace(float Width, float? Score, double? LandmarkError);
