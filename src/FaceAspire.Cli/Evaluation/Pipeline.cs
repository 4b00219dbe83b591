using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Cli.Evaluation;

/// <summary>Pictures to embeddings as the service makes them, with one recogniser.</summary>
internal sealed class Pipeline : IDisposable
{
    private const int MaxPixels = 50_000_000;

    private readonly InferenceSessions _sessions;
    private readonly ComputeGate _gate;
    private readonly FaceExtractor _extractor;
    private readonly ImageDecoder _decoder = new(MaxPixels);
    private readonly ExtractionOptions _extraction;
    private readonly Embedder _embedder;

    private Pipeline(ModelCatalog catalog, ModelStore store, ModelEntry model, string detector, AlignmentMode alignment)
    {
        _sessions = new(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));
        _gate = new(maxConcurrency: 0);
        InferenceSessionPool Pool(ModelEntry entry) => _sessions.Get(entry.Sha256, entry.Name, () => store.Require(entry));
        IFaceDetector Detector(string name)
        {
            var entry = catalog.Get(ModelTask.Detection, name);
            return new YuNetDetector(Pool(entry), entry.ScoreThreshold, entry.OverlapThreshold);
        }

        Model = model;
        Alignment = alignment;
        _extractor = new(Detector, catalog.Of(ModelTask.Detection).First().Name, _decoder, _gate);
        _extraction = new(detector, [model.CropUnder(alignment)]) { MaxFaces = 1 };
        _embedder = new(Pool(model), model.InputUnder(alignment), model.Dimension);
    }

    /// <summary>The recogniser.</summary>
    public ModelEntry Model { get; }

    /// <summary>How faces are cut for it.</summary>
    public AlignmentMode Alignment { get; }

    /// <summary>Finds the models.</summary>
    /// <exception cref="CommandException">A name is none of the catalogue's.</exception>
    public static Pipeline Create(string model, string detector, AlignmentMode alignment, string? modelsDir)
    {
        var catalog = ModelCatalog.LoadDefault();
        if (!catalog.Names.Models.TryParse(model, out string? recogniser) || !catalog.Names.Detectors.TryParse(detector, out string? backend))
        {
            throw new CommandException(
                $"There is no model '{model}' or no detector '{detector}'. Models: {string.Join(", ", catalog.Names.Models.Names)}; detectors: {string.Join(", ", catalog.Names.Detectors.Names)}.");
        }

        var entry = catalog.Get(ModelTask.Recognition, recogniser);
        var options = new ModelHubOptions();
        options.ModelsDir = modelsDir ?? Environment.GetEnvironmentVariable("MODELS_DIR") ?? options.ModelsDir;
        return new(catalog, new ModelStore(options, NullLogger<ModelStore>.Instance), entry, backend, entry.Resolve(alignment));
    }

    /// <summary>The embedding of the largest face of a picture; null when there is none.</summary>
    /// <exception cref="Contracts.Errors.FaceAspireException">The picture cannot be read, or a model is missing.</exception>
    public Embedding? Embed(byte[] encoded, CancellationToken cancellationToken)
    {
        using var image = _decoder.Decode(encoded, cancellationToken);
        using var faces = _extractor.Extract(image, _extraction, cancellationToken);
        return faces.Count == 0 ? null : _embedder.Embed([faces[0].Crops[0]], InputNormalization.Base, cancellationToken)[0];
    }

    public void Dispose()
    {
        _sessions.Dispose();
        _gate.Dispose();
    }
}
