using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Benchmarks;

/// <summary>The catalogue's models with real weights, as the service configures them.</summary>
internal sealed class BenchmarkModels : IDisposable
{
    public const int MaxPixels = 50_000_000;

    private readonly InferenceSessions _sessions = new(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));

    public ModelCatalog Catalog { get; } = ModelCatalog.LoadDefault();

    public ImageDecoder Decoder { get; } = new(MaxPixels);

    public static byte[] Photo(string name) => File.ReadAllBytes(Path.Combine(SharedMaterial.Root, "images", name));

    public PixelBuffer DecodePhoto(string name) => Decoder.Decode(Photo(name), CancellationToken.None);

    public InferenceSessionPool Sessions(ModelEntry entry, int part = 0) =>
        _sessions.Get(entry.Files[part].Key, entry.Name, () => SharedMaterial.Weights(entry.Files[part].Name));

    public IFaceDetector Detector(ModelEntry entry) => DetectorFactory.Create(entry.Decoder, new(
        entry.Input, entry.ScoreThreshold, entry.OverlapThreshold, part => Sessions(entry, part), part => SharedMaterial.Weights(entry.Files[part].Name)));

    public ModelEntry Recogniser(string name) => Catalog.Get(ModelTask.Recognition, name);

    public YuNetDetector YuNet()
    {
        var entry = Catalog.Get(ModelTask.Detection, "yunet");
        return new(Sessions(entry), entry.ScoreThreshold, entry.OverlapThreshold);
    }

    public Embedder Embedder(string name)
    {
        var entry = Recogniser(name);
        return new(Sessions(entry), entry.Input, entry.Dimension);
    }

    public void Dispose() => _sessions.Dispose();
}
