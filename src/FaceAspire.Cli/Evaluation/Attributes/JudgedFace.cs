namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>What is known of a face, and what was told.</summary>
internal sealed record JudgedFace(LabelledFace Label, FaceAnswer Answer);
