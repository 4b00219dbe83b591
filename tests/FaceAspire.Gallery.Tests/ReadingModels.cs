using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests;

/// <summary>The embedded models as the service uses them, loaded once for all tests that share it, with every picture that goes through them counted.</summary>
public sealed class ReadingModels : IDisposable, IFaceExtractor
{
    private readonly InferenceSessions _sessions = new(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));
    private readonly ComputeGate _gate = new(maxConcurrency: 0);
    private readonly ModelCatalog _catalog = ModelCatalog.LoadDefault();
    private readonly FaceExtractor _extractor;
    private int _pictures;

    public ReadingModels()
    {
        var store = new ModelStore(new ModelHubOptions { ModelsCache = null }, NullLogger<ModelStore>.Instance);
        _extractor = new(
            name =>
            {
                var entry = _catalog.Get(ModelTask.Detection, name);
                return new YuNetDetector(_sessions.Get(store, entry), entry.ScoreThreshold, entry.OverlapThreshold);
            },
            "facelite",
            new ImageDecoder(maxPixels: 50_000_000),
            _gate);
        Reader = new(this, store, _sessions, new([]), _gate);
    }

    /// <summary>Reads faces.</summary>
    public FaceReader Reader { get; }

    /// <summary>How many pictures have gone through the models so far.</summary>
    public int Pictures => Volatile.Read(ref _pictures);

    /// <summary>Awaited before every picture: a test that stops the work in the middle does so here.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The embedded recogniser under an alignment: each is a space of its own.</summary>
    public RecognitionPlan Plan(AlignmentMode alignment = AlignmentMode.Native, string detector = "facelite") =>
        RecognitionPlan.Of(_catalog.Get(ModelTask.Recognition, "FaceLite"), _catalog.Get(ModelTask.Recognition, "FaceLite").Sha256![..12], detector, alignment);

    public async Task<ExtractedFaces> ExtractAsync(ReadOnlyMemory<byte> image, ExtractionOptions options, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pictures);
        await Before(cancellationToken);
        return await _extractor.ExtractAsync(image, options, cancellationToken);
    }

    public void Dispose()
    {
        _sessions.Dispose();
        _gate.Dispose();
    }
}
