using FaceAspire.ModelHub;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.TrainingData;

/// <summary>The embedded detector, whose landmarks the networks will meet in service, and the teachers, from a folder of their weights.</summary>
internal sealed class TeacherNetworks : IDisposable
{
    public const string DetectorName = "facelite";

    // Not in the catalogue: it only teaches.
    private const string Emotion = "emotion_densenet.onnx";

    private static readonly string[] _recognisers = ["mobilefacenet_512", "mobileface_v2"];

    private readonly string _folder;
    private readonly ModelStore _store;
    private readonly InferenceSessions _sessions = new(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));
    private readonly ModelCatalog _catalog = ModelCatalog.LoadDefault();

    public TeacherNetworks(string folder)
    {
        _folder = folder;
        _store = new(new() { ModelsDir = folder }, NullLogger<ModelStore>.Instance);
        var entry = _catalog.Get(ModelTask.Detection, DetectorName);
        Detector = DetectorFactory.Create(entry.Decoder, new(entry.Input, entry.ScoreThreshold, entry.OverlapThreshold, _ => SessionOf(entry), _ => PathOf(entry)));
    }

    public IFaceDetector Detector { get; }

    public IReadOnlyList<ITeacher> Recognition() =>
    [
        .. _recognisers.Select(name => _catalog.Get(ModelTask.Recognition, name)).Select(entry => new EmbeddingTeacher(entry.Name, new(SessionOf(entry), entry.Input, entry.Dimension))),
    ];

    public IReadOnlyList<ITeacher> Attributes() => [new EmotionTeacher(_sessions.Get(Emotion, Emotion, () => Path.Combine(_folder, Emotion)))];

    public void Dispose() => _sessions.Dispose();

    private InferenceSessionPool SessionOf(ModelEntry entry) => _sessions.Get(entry.Files[0].Key, entry.Name, () => PathOf(entry));

    private string PathOf(ModelEntry entry) => _store.Require(entry);
}
