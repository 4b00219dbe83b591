using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Liveness;

/// <summary>One of the networks that tell a person from a picture of one.</summary>
/// <param name="Sessions">Session with one input N×C×H×W and one output N×3: a print, a person, a screen, before the softmax.</param>
/// <param name="Input">What it wants.</param>
/// <param name="Crop">How much of a face's surroundings it looks at.</param>
public sealed record LivenessNetwork(InferenceSessionPool Sessions, ModelInput Input, CropRecipe Crop);
