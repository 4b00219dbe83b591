using System.Collections.Concurrent;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Cli;

/// <summary>The catalogue's models, and what the service makes of pictures with them. Owns their sessions.</summary>
internal sealed class CommandModels : IDisposable
{
    private const int MaxPixels = 50_000_000;

    private readonly InferenceSessions _sessions = new(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));
    private readonly ComputeGate _gate = new(maxConcurrency: 0);
    private readonly ModelStore _store;

    // A detector without a network reads its file when it is made: once for all pictures.
    private readonly ConcurrentDictionary<string, IFaceDetector> _detectors = new(StringComparer.Ordinal);

    /// <summary>Finds the models.</summary>
    /// <param name="modelsDir">Folder of model files; null for that of the variable <c>MODELS_DIR</c>.</param>
    public CommandModels(string? modelsDir)
    {
        var options = new ModelHubOptions();
        options.ModelsDir = modelsDir ?? Environment.GetEnvironmentVariable("MODELS_DIR") ?? options.ModelsDir;
        options.ModelsCache = Environment.GetEnvironmentVariable("MODELS_CACHE") is { Length: > 0 } cache ? cache : options.ModelsCache;
        _store = new(options, NullLogger<ModelStore>.Instance);
        Catalog = ModelCatalog.LoadDefault(options);
        var eyes = new EyeCascade(Catalog, _store);
        Extractor = new(DetectorFor, Catalog.Of(ModelTask.Detection).First().Name, Decoder, _gate, () => eyes.Finder);
        Reader = new(Extractor, _store, _sessions, new([]), new(network: null), _gate); // no command checks liveness or quality
    }

    /// <summary>What there is.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>Where their files are.</summary>
    public ModelStore Store => _store;

    /// <summary>Reads pictures.</summary>
    public ImageDecoder Decoder { get; } = new(MaxPixels);

    /// <summary>Finds and cuts faces.</summary>
    public FaceExtractor Extractor { get; }

    /// <summary>Reads faces for galleries.</summary>
    public FaceReader Reader { get; }

    /// <summary>The session of a model.</summary>
    /// <param name="entry">The catalogue's entry.</param>
    /// <param name="part">Which of its files.</param>
    public InferenceSessionPool SessionOf(ModelEntry entry, int part = 0) => _sessions.Get(_store, entry, part);

    /// <summary>A detector.</summary>
    /// <param name="entry">The catalogue's entry.</param>
    /// <param name="scoreThreshold">Lowest score that counts as a face; null for the catalogue's.</param>
    public IFaceDetector DetectorOf(ModelEntry entry, float? scoreThreshold = null) =>
        DetectorFactory.Create(entry.Decoder, new(
            entry.Input, scoreThreshold ?? entry.ScoreThreshold, entry.OverlapThreshold, part => SessionOf(entry, part), part => _store.Require(entry, part)));

    /// <summary>The catalogue's spelling of a detector's name, <c>skip</c> among them.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public string DetectorNamed(string name) => Catalog.Names.Detectors.TryParse(name, out string? spelled)
        ? spelled
        : throw NotThere("detector", name, Catalog.Names.Detectors.Names);

    /// <summary>The recogniser of a name.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public ModelEntry RecogniserNamed(string name) => ModelNamed(ModelTask.Recognition, "model", name);

    /// <summary>The detectors of the catalogue, each network or cascade once though it may have two names, and <c>skip</c>.</summary>
    public IEnumerable<string> DetectorNames() => Catalog.Of(ModelTask.Detection)
        .DistinctBy(static entry => (entry.Decoder, entry.Files[0].Key))
        .Select(static entry => entry.Name)
        .Append(ApiNames.SkipDetector);

    /// <summary>Why a model cannot be used here, and what brings it; null when all its files are here and are its own.</summary>
    public string? WhyMissing(ModelEntry entry)
    {
        try
        {
            for (int part = 0; part < entry.Files.Count; part++)
            {
                _store.Require(entry, part);
            }

            return null;
        }
        catch (FaceAspireException exception) when (exception.Code == ErrorCode.ModelUnavailable)
        {
            return exception.Message;
        }
    }

    /// <summary>The attribute model of a name.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public ModelEntry AttributeModelNamed(string name) => ModelNamed(ModelTask.Attributes, "attribute model", name);

    /// <summary>The detector of a name; <c>skip</c> is none.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public ModelEntry DetectorModelNamed(string name) => ModelNamed(ModelTask.Detection, "detector", name);

    public void Dispose()
    {
        _sessions.Dispose();
        _gate.Dispose();
    }

    private IFaceDetector DetectorFor(string name) => _detectors.GetOrAdd(name, known => DetectorOf(Catalog.Get(ModelTask.Detection, known)));

    private ModelEntry ModelNamed(ModelTask task, string what, string name) => Catalog.TryGet(task, name, out var entry)
        ? entry
        : throw NotThere(what, name, Catalog.Of(task).Select(static known => known.Name));

    private static CommandException NotThere(string what, string name, IEnumerable<string> names) => new($"There is no {what} '{name}', only {string.Join(", ", names)}.");
}
