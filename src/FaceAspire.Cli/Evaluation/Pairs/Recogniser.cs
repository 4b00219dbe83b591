using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>A recogniser, and how faces are cut for it.</summary>
/// <param name="Model">The catalogue's entry.</param>
/// <param name="Alignment">Native or DeepFace's.</param>
internal sealed record Recogniser(ModelEntry Model, AlignmentMode Alignment)
{
    /// <summary>What it is shown.</summary>
    public CropRecipe Crop => Model.CropUnder(Alignment);
}
