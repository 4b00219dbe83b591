using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>What a detector is made of.</summary>
/// <param name="Input">What its network wants. A network of dynamic size has its longest side here, as a square.</param>
/// <param name="ScoreThreshold">Lowest score that counts as a face.</param>
/// <param name="OverlapThreshold">Largest IoU of two faces.</param>
/// <param name="Network">The sessions of the network in one of its files, by number. Cheap: a session is made with the first picture.</param>
/// <param name="File">The verified path of one of its files that is no network, by number.</param>
public sealed record DetectorParts(ModelInput Input, float ScoreThreshold, float OverlapThreshold, Func<int, InferenceSessionPool> Network, Func<int, string> File);
