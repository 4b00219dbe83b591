using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>Pictures to embeddings as the service makes them, with one recogniser.</summary>
/// <param name="models">Where the models come from; stays the caller's.</param>
/// <param name="model">The recogniser.</param>
/// <param name="detector">The detector's name in the catalogue's spelling, or <c>skip</c>.</param>
/// <param name="alignment">How faces are cut for it: native or DeepFace's.</param>
internal sealed class RecognitionPipeline(CommandModels models, ModelEntry model, string detector, AlignmentMode alignment)
{
    private readonly ExtractionOptions _extraction = new(detector, [model.CropUnder(alignment)]) { MaxFaces = 1 };
    private readonly Embedder _embedder = new(models.SessionOf(model), model.InputUnder(alignment), model.Dimension, model.MakesUnitLength);

    /// <summary>The recogniser.</summary>
    public ModelEntry Model { get; } = model;

    /// <summary>How faces are cut for it.</summary>
    public AlignmentMode Alignment { get; } = alignment;

    /// <summary>The embedding of the largest face of a picture; null when there is none.</summary>
    /// <exception cref="Contracts.Errors.FaceAspireException">The picture cannot be read, or a model is missing.</exception>
    public Embedding? Embed(byte[] encoded, CancellationToken cancellationToken)
    {
        using var image = models.Decoder.Decode(encoded, cancellationToken);
        using var faces = models.Extractor.Extract(image, _extraction, cancellationToken);
        return faces.Count == 0 ? null : _embedder.Embed([faces[0].Crops[0]], InputNormalization.Base, cancellationToken)[0];
    }
}
