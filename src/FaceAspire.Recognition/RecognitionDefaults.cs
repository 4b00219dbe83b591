using FaceAspire.Contracts.Names;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Extraction;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition;

/// <summary>Fills in what a request leaves open. The names in the options were checked at start.</summary>
internal sealed class RecognitionDefaults
{
    private readonly ModelCatalog _catalog;
    private readonly ModelStore _store;
    private readonly AlignmentMode _alignment;

    public RecognitionDefaults(IOptions<RecognitionOptions> options, ModelCatalog catalog, ModelStore store)
    {
        _catalog = catalog;
        _store = store;
        var values = options.Value;
        Model = catalog.Get(ModelTask.Recognition, values.DefaultModel);
        Detector = catalog.Names.Detectors.Parse(values.DefaultDetector);
        Metric = ApiNames.Metrics.Parse(values.DefaultMetric);
        _alignment = ApiNames.Alignments.Parse(values.DefaultAlignment);
    }

    /// <summary>The recogniser of requests that name none.</summary>
    public ModelEntry Model { get; }

    /// <summary>The metric of requests that name none.</summary>
    public DistanceMetric Metric { get; }

    /// <summary>Name of the detector of requests that name none.</summary>
    public string Detector { get; }

    /// <summary>Resolves a request's names and options.</summary>
    public RecognitionPlan Plan(
        string? model,
        string? detector,
        AlignmentMode? alignment,
        InputNormalization normalization,
        bool enforceDetection,
        bool align,
        int expandPercentage,
        int? maxFaces)
    {
        var entry = model is null ? Model : _catalog.Get(ModelTask.Recognition, model);
        var resolved = entry.Resolve(alignment ?? _alignment);
        string backend = detector ?? Detector;
        var extraction = new ExtractionOptions(backend, [entry.CropUnder(resolved)])
        {
            Align = align,
            ExpandPercentage = expandPercentage,
            MaxFaces = maxFaces,
            WholeImageWithoutFace = !enforceDetection,
        };
        return new(entry, _store.VersionOf(entry), backend, resolved, normalization, extraction);
    }

    /// <summary>How pictures become embeddings of galleries, where nobody says otherwise.</summary>
    public RecognitionPlan GalleryPlan => Plan(
        model: null, detector: null, alignment: null, InputNormalization.Base, enforceDetection: true, align: true, expandPercentage: 0, maxFaces: null);

    /// <summary>The plan that makes the embeddings of a space; null when its model is not this service's, or no longer.</summary>
    public RecognitionPlan? TryPlan(EmbeddingSpace space) => RecognitionPlan.TryOf(space, _catalog, _store);
}
