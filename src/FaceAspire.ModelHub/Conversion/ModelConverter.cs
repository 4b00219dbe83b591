using System.Collections.Frozen;
using FaceAspire.ModelHub.Architectures;
using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Conversion;

/// <summary>Makes an ONNX file of what a model's authors publish: reads the weights out of their container and builds the network around them.</summary>
public static class ModelConverter
{
    /// <summary>Grows whenever the same file would give other bytes: what an older converter made is made again.</summary>
    public const int Version = 2;

    private static readonly Architecture[] _all =
    [
        new("vgg-face", Hdf5WeightReader.Open, VggFace.Build),
        new("vgg-age", Hdf5WeightReader.Open, VggFace.BuildAge),
        new("vgg-gender", Hdf5WeightReader.Open, VggFace.BuildGender),
        new("vgg-race", Hdf5WeightReader.Open, VggFace.BuildRace),
        new("emotion-cnn", Hdf5WeightReader.Open, EmotionCnn.Build),
        new("deepid", Hdf5WeightReader.Open, DeepId.Build),
        new("deepface", Hdf5WeightReader.Open, DeepFace.Build),
        new("facenet-128", Hdf5WeightReader.Open, FaceNet.Build128),
        new("facenet-512", Hdf5WeightReader.Open, FaceNet.Build512),
        new("openface", Hdf5WeightReader.Open, OpenFace.Build),
        new("arcface-r34", Hdf5WeightReader.Open, ArcFaceResNet.Build),
        new("ghostfacenet-v1", Hdf5WeightReader.Open, GhostFaceNet.Build),
        new("retinaface-r50", Hdf5WeightReader.Open, RetinaFaceResNet.Build),
        new("mini-xception-emotion", Hdf5WeightReader.Open, MiniXception.BuildEmotion),
        new("mini-xception-gender", Hdf5WeightReader.Open, MiniXception.BuildGender),
        new("dlib-resnet", DlibWeightReader.Open, DlibResNet.Build),
        new("dlib-densenet", DlibWeightReader.Open, DlibDenseNet.Build),
        new("dlib-mmod", DlibWeightReader.Open, DlibMmod.Build),
        new("dlib-gender", DlibWeightReader.Open, DlibGender.Build),
        new("mtcnn-p", TorchWeightReader.Open, Mtcnn.BuildP),
        new("mtcnn-r", TorchWeightReader.Open, Mtcnn.BuildR),
        new("mtcnn-o", TorchWeightReader.Open, Mtcnn.BuildO),
        new("blazeface", TorchWeightReader.Open, BlazeFace.Build),
        new("minifasnet-v2", TorchWeightReader.Open, MiniFasNet.BuildV2),
        new("minifasnet-v1se", TorchWeightReader.Open, MiniFasNet.BuildV1Se),
        new("mobileface-v2", MxNetWeightReader.Open, MobileFaceV2.Build),
        new("ssd-res10", GraphDefWeightReader.Open, SsdRes10.Build),
    ];

    private static readonly FrozenDictionary<string, Architecture> _architectures = _all.ToFrozenDictionary(static architecture => architecture.Name);

    /// <summary>The networks that can be built, by the names that the catalogue uses.</summary>
    public static IReadOnlyCollection<string> Architectures => _architectures.Keys;

    /// <summary>Converts a file. The same file gives the same bytes.</summary>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="sourcePath">The upstream file.</param>
    /// <param name="destination">Receives the ONNX file; holds a part of one after an exception.</param>
    /// <param name="cancellationToken">Stops between two tensors.</param>
    /// <exception cref="ArgumentException">There is no such architecture.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of another kind or of another network; says what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Convert(string architecture, string sourcePath, Stream destination, CancellationToken cancellationToken) =>
        Convert(architecture, sourcePath, (graph, name) => graph.Write(destination, name, cancellationToken));

    /// <summary>The same into a file, with an outline beside it: the network with its weights left in that file, which a runtime maps instead of holding them.</summary>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="sourcePath">The upstream file.</param>
    /// <param name="destination">Receives the ONNX file.</param>
    /// <param name="outlinePath">Becomes the outline, in the same folder.</param>
    /// <param name="cancellationToken">Stops between two tensors.</param>
    /// <exception cref="ArgumentException">There is no such architecture, or the folders differ.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of another kind or of another network; says what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Convert(string architecture, string sourcePath, FileStream destination, string outlinePath, CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(outlinePath)) != Path.GetDirectoryName(destination.Name))
        {
            throw new ArgumentException("An outline finds its weights only in its own folder.", nameof(outlinePath));
        }

        Convert(architecture, sourcePath, (graph, name) =>
        {
            graph.Write(destination, name, cancellationToken);
            using var outline = File.Create(outlinePath);
            graph.WriteOutline(outline, name, Path.GetFileName(destination.Name));
        });
    }

    private static void Convert(string architecture, string sourcePath, Action<GraphBuilder, string> write)
    {
        if (!_architectures.TryGetValue(architecture, out var known))
        {
            throw new ArgumentException($"There is no architecture '{architecture}', only {string.Join(", ", _architectures.Keys.Order(StringComparer.Ordinal))}.", nameof(architecture));
        }

        using var weights = known.Open(sourcePath);
        GraphBuilder graph = new();
        known.Build(weights, graph);
        write(graph, known.Name);
    }
}
