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

    /// <summary>The extractor as the catalogue configures it, with yunet for missing landmarks.</summary>
    public FaceExtractor Extractor => new(name => Detector(name), "yunet", Decoder, _gate, () => Eyes);

    /// <summary>DeepFace's finder of eyes.</summary>
    public EyeFinder Eyes { get; } = new(static () => SharedMaterial.Weights("haarcascade_eye.xml"));

    public PixelBuffer Decode(string path) => Decoder.Decode(File.ReadAllBytes(path), TestContext.Current.CancellationToken);

    /// <summary>A golden photo. "couple" has no PNG; JPEG decoders differ by a grey level here and there, which moves no box by a pixel.</summary>
    public PixelBuffer DecodeExact(string photo)
    {
        string png = SharedMaterial.File("golden", "photos", $"{photo}.png");
        return Decode(File.Exists(png) ? png : SharedMaterial.Photo($"{photo}.jpg"));
    }

    public IFaceDetector YuNet(float? scoreThreshold = null) => Detector("yunet", scoreThreshold);

    public IFaceDetector Detector(string name, float? scoreThreshold = null, float? overlapThreshold = null)
    {
        var entry = Catalog.Get(ModelTask.Detection, name);
        return DetectorFactory.Create(entry.Decoder, new(
            entry.Input, scoreThreshold ?? entry.ScoreThreshold, overlapThreshold ?? entry.OverlapThreshold, part => Sessions(entry, part), part => SharedMaterial.Weights(entry.Files[part].Name)));
    }

    /// <summary>A detector of the catalogue with another file and input size than the catalogue's.</summary>
    public IFaceDetector DetectorOfFile(string name, string file, int width, int height, float scoreThreshold, float? overlapThreshold)
    {
        var entry = Catalog.Get(ModelTask.Detection, name);
        var sessions = _sessions.Get(file, file, () => SharedMaterial.Weights(file));
        return DetectorFactory.Create(entry.Decoder, new(
            entry.Input with { Width = width, Height = height }, scoreThreshold, overlapThreshold ?? entry.OverlapThreshold, _ => sessions, _ => SharedMaterial.Weights(file)));
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
        _sessions.Get(entry.Files[part].Key, entry.Name, () => SharedMaterial.Weights(entry.Files[part].Name));
}
