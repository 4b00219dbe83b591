using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>Pictures to embeddings as the service makes them, with one detector and any recognisers: a picture is read once, its face is found once for
/// all that take the plain picture and once for all that take DeepFace's frame.</summary>
/// <param name="models">Where the models come from; stays the caller's.</param>
/// <param name="recognisers">The recognisers.</param>
/// <param name="detector">The detector's name in the catalogue's spelling, or <c>skip</c>.</param>
internal sealed class RecognitionPipeline(CommandModels models, IReadOnlyList<Recogniser> recognisers, string detector)
{
    // As many as a recogniser is fed at once.
    private const int BatchSize = 16;

    private readonly Embedder[] _embedders = [.. recognisers.Select(one => new Embedder(
        models.SessionOf(one.Model), one.Model.InputUnder(one.Alignment), one.Model.Dimension, one.Model.MakesUnitLength))];

    private readonly ExtractionOptions[] _extractions = [.. recognisers
        .Select(static one => one.Crop)
        .Distinct()
        .GroupBy(static crop => crop.Geometry == CropGeometry.Eyes)
        .Select(crops => new ExtractionOptions(detector, [.. crops]) { MaxFaces = 1 })];

    /// <summary>The recognisers.</summary>
    public IReadOnlyList<Recogniser> Recognisers => recognisers;

    /// <summary>For every picture of a file the embeddings of its largest face, in the order of the recognisers; null where no face was found.</summary>
    /// <param name="file">The labelled file.</param>
    /// <param name="names">Pictures; a name may occur more than once.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CommandException">A picture cannot be read, or a model is missing.</exception>
    public IReadOnlyDictionary<string, Embedding?[]> Embed(FileInfo file, IEnumerable<string> names, CancellationToken cancellationToken) =>
        LabelledPictures.MeasureInBatches(file, names, BatchSize, picture => Cut(picture, cancellationToken), faces => Embed(faces, cancellationToken), cancellationToken);

    private FaceCrops Cut(byte[] encoded, CancellationToken cancellationToken)
    {
        using var image = models.Decoder.Decode(encoded, cancellationToken);
        var crops = new FaceCrops();
        try
        {
            foreach (var extraction in _extractions)
            {
                crops.Add(extraction.Crops, models.Extractor.Extract(image, extraction, cancellationToken));
            }

            return crops;
        }
        catch
        {
            crops.Dispose();
            throw;
        }
    }

    private Embedding?[][] Embed(IReadOnlyList<FaceCrops> faces, CancellationToken cancellationToken)
    {
        Embedding?[][] embeddings = [.. faces.Select(_ => new Embedding?[recognisers.Count])];
        for (int i = 0; i < recognisers.Count; i++)
        {
            var crops = faces.Select(face => face.Of(recognisers[i].Crop)).ToList();
            PixelBuffer[] found = [.. crops.OfType<PixelBuffer>()];
            var made = new Queue<Embedding>(_embedders[i].Embed(found, InputNormalization.Base, cancellationToken));
            for (int face = 0; face < crops.Count; face++)
            {
                embeddings[face][i] = crops[face] is null ? null : made.Dequeue();
            }
        }

        return embeddings;
    }
}
