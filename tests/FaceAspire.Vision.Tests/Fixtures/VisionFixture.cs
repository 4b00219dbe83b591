using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Liveness;
using FaceAspire.Vision.Quality;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Vision.Tests.Fixtures;

/// <summary>The catalogue's models with their real weights, loaded once for all tests of the assembly.</summary>
public sealed class VisionFixture : IDisposable
{
    private readonly InferenceSessions _sessions = new(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));
    private readonly ComputeGate _gate = new(maxConcurrency: 0);

    public ModelCatalog Catalog { get; } = ModelCatalog.LoadDefault();

    public ImageDecoder Decoder { get; } = new(maxPixels: 50_000_000);

    /// <summary>The extractor with yunet as the catalogue configures it.</summary>
    public FaceExtractor Extractor => new(_ => YuNet(), "yunet", Decoder, _gate);

    public PixelBuffer Decode(string path) => Decoder.Decode(File.ReadAllBytes(path), TestContext.Current.CancellationToken);

    public IFaceDetector YuNet(float? scoreThreshold = null) => Detector("yunet", scoreThreshold);

    public IFaceDetector Detector(string name, float? scoreThreshold = null)
    {
        var entry = Catalog.Get(ModelTask.Detection, name);
        return DetectorFactory.Create(entry.Decoder, new(
            entry.Input, scoreThreshold ?? entry.ScoreThreshold, entry.OverlapThreshold, part => Sessions(entry, part), part => SharedMaterial.Weights(entry.Files[part].Name)));
    }

    /// <summary>The catalogue's liveness networks together.</summary>
    public LivenessCheck Liveness => new([.. Catalog.Of(ModelTask.Liveness).Select(entry => new LivenessNetwork(Sessions(entry), entry.Input, entry.NativeCrop))]);

    /// <summary>The catalogue's quality network.</summary>
    public QualityNetwork Quality
    {
        get
        {
            var entry = Catalog.Of(ModelTask.Quality).Single();
            return new(Sessions(entry), entry.Input, static () => true);
        }
    }

    public ModelEntry Recogniser(string name) => Catalog.Get(ModelTask.Recognition, name);

    public Embedder Embedder(string name)
    {
        var entry = Recogniser(name);
        return new(Sessions(entry), entry.Input, entry.Dimension);
    }

    public (ModelEntry Entry, AttributeNetwork Network) Attributes(string name)
    {
        var entry = Catalog.Get(ModelTask.Attributes, name);
        return (entry, new(Sessions(entry), entry.Input));
    }

    /// <summary>The embedding of one crop.</summary>
    public Embedding Embed(string model, PixelBuffer crop) =>
        Embedder(model).Embed([crop], InputNormalization.Base, TestContext.Current.CancellationToken)[0];

    /// <summary>The crop that a recogniser takes under an alignment.</summary>
    public CropRecipe CropOf(string model, AlignmentMode alignment) => Recogniser(model).CropUnder(alignment);

    /// <summary>The embedding of the largest face of a photo, through the whole pipeline.</summary>
    public Embedding EmbedPhoto(string model, string path, AlignmentMode alignment, bool align = true)
    {
        using var image = Decode(path);
        using var faces = Extractor.Extract(image, new("yunet", [CropOf(model, alignment)]) { MaxFaces = 1, Align = align }, TestContext.Current.CancellationToken);
        faces.Count.ShouldBe(1, path);
        return Embed(model, faces[0].Crops[0]);
    }

    public void Dispose()
    {
        _sessions.Dispose();
        _gate.Dispose();
    }

    private InferenceSessionPool Sessions(ModelEntry entry, int part = 0) =>
        _sessions.Get(entry.Files[part].Sha256, entry.Name, () => SharedMaterial.Weights(entry.Files[part].Name));
}
