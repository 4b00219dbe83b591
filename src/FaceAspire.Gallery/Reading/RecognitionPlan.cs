using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Gallery.Reading;

/// <summary>How pictures become embeddings: every name resolved, every default filled in.</summary>
/// <param name="Model">The recogniser.</param>
/// <param name="ModelVersion">Version of its weights (<see cref="ModelStore.VersionOf"/>).</param>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Alignment"><see cref="AlignmentMode.Native"/> or <see cref="AlignmentMode.DeepFace"/>, no longer automatic.</param>
/// <param name="Normalization">What is done to the input's values.</param>
/// <param name="Extraction">What Detection is asked for: first the crop of the model.</param>
public sealed record RecognitionPlan(
    ModelEntry Model,
    string ModelVersion,
    string Detector,
    AlignmentMode Alignment,
    InputNormalization Normalization,
    ExtractionOptions Extraction)
{
    /// <summary>Whether faces are refused that are not a person's but that of a print or a screen. The crops of the check then follow that of the model.</summary>
    public bool RequireReal { get; init; }

    /// <summary>What the network is fed under this alignment.</summary>
    public ModelInput Input => Model.InputUnder(Alignment);

    /// <summary>Where the embeddings belong.</summary>
    public EmbeddingSpace Space => new(
        Model.Name,
        ModelVersion,
        Model.Dimension,
        Detector,
        ApiNames.Alignments.NameOf(Alignment),
        ApiNames.Normalizations.NameOf(Normalization),
        Extraction.Align,
        Extraction.ExpandPercentage);

    /// <summary>The plan of a request that says nothing of how faces are cut: all of them, rotated upright.</summary>
    /// <param name="model">The recogniser.</param>
    /// <param name="modelVersion">Version of its weights.</param>
    /// <param name="detector">Name of the detector, in the catalogue's spelling.</param>
    /// <param name="alignment">The alignment, which may still be <see cref="AlignmentMode.Auto"/>.</param>
    public static RecognitionPlan Of(ModelEntry model, string modelVersion, string detector, AlignmentMode alignment)
    {
        var resolved = model.Resolve(alignment);
        return new(model, modelVersion, detector, resolved, InputNormalization.Base, new(detector, [model.CropUnder(resolved)]));
    }

    /// <summary>The plan that makes the embeddings of a space; null when its model is not in the catalogue, or no longer in that version.</summary>
    /// <param name="space">The space.</param>
    /// <param name="catalog">The models that there are.</param>
    /// <param name="store">Knows their versions.</param>
    public static RecognitionPlan? TryOf(EmbeddingSpace space, ModelCatalog catalog, ModelStore store)
    {
        if (!catalog.TryGet(ModelTask.Recognition, space.Model, out var model)
            || store.TryVersionOf(model) is not { } version
            || !catalog.Names.Detectors.TryParse(space.Detector, out string? detector)
            || !ApiNames.Alignments.TryParse(space.Alignment, out var alignment)
            || !ApiNames.Normalizations.TryParse(space.Normalization, out var normalization))
        {
            return null;
        }

        var plan = Of(model, version, detector, alignment);
        plan = plan with { Normalization = normalization, Extraction = plan.Extraction with { Align = space.Align, ExpandPercentage = space.ExpandPercentage } };
        return plan.Space == space ? plan : null;
    }
}
