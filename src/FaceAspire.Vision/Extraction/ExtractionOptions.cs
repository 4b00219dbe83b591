using FaceAspire.Contracts.Models;

namespace FaceAspire.Vision.Extraction;

/// <summary>What is wanted of the faces of a picture.</summary>
/// <param name="Detector">Name of the detector, in the catalogue's spelling, or <c>skip</c>.</param>
/// <param name="Crops">The crops wanted of every face, in this order. Where one is <see cref="CropGeometry.Eyes"/>, faces are found as DeepFace finds them,
/// in a padded picture and in whole pixels, and the others are cut around these faces.</param>
public sealed record ExtractionOptions(string Detector, IReadOnlyList<CropRecipe> Crops)
{
    /// <summary>Whether faces are rotated upright.</summary>
    public bool Align { get; init; } = true;

    /// <summary>By how much the box grows, in percent of its sides. Crops made from landmarks do not change with it.</summary>
    public int ExpandPercentage { get; init; }

    /// <summary>Only this many faces, the largest first; null for all of them in the detector's order.</summary>
    public int? MaxFaces { get; init; }

    /// <summary>Whether a picture without a face is one face, instead of none.</summary>
    public bool WholeImageWithoutFace { get; init; }
}
