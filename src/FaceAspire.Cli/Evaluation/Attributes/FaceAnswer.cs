using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>What the models tell of a face.</summary>
/// <param name="Detected">Whether it was found; false for a whole picture taken for one.</param>
/// <param name="Age">Years, as the service answers them; null when not asked for.</param>
/// <param name="Classes">The dominant class of each attribute that was asked for.</param>
internal sealed record FaceAnswer(bool Detected, int? Age, IReadOnlyDictionary<AttributeAction, string> Classes);
