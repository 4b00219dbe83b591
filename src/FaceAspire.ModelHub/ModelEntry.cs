using System.Buffers;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;

namespace FaceAspire.ModelHub;

/// <summary>A model of the catalogue: where its weights come from, what it wants at its input, and how its output is read.
/// <see cref="ModelCatalog"/> makes only complete ones.</summary>
public sealed record ModelEntry
{
    private const int HashLength = 64;

    private static readonly SearchValues<char> _lowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> _nameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Name on the wire; unique within the task without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required ModelTask Task { get; init; }

    /// <summary>What it is, and what to know before choosing it.</summary>
    public required string Description { get; init; }

    /// <summary>Name of the weights' file: letters, digits, dot, dash and underscore, so that no name leads out of a folder.</summary>
    /// <exception cref="ArgumentException">Anything else, such as a path.</exception>
    public required string File
    {
        get;
        init => field = IsPlainName(value) ? value : throw new ArgumentException("A model's file is a plain name without folders.", nameof(value));
    }

    /// <summary>SHA-256 of the file: 64 lower-case hexadecimal digits; null when it is not known before the file is here.</summary>
    /// <exception cref="ArgumentException">Anything else.</exception>
    public required string? Sha256
    {
        get;
        init => field = value is null || IsSha256(value) ? value : throw new ArgumentException("A SHA-256 is 64 lower-case hexadecimal digits.", nameof(value));
    }

    /// <summary>Size of the file; null when it is not known before the file is here.</summary>
    public required long? SizeBytes { get; init; }

    /// <summary>Where the file can be fetched; null for one that comes with the program or that somebody has to bring.</summary>
    public ModelOrigin? Origin { get; init; }

    /// <summary>The files that a model of several parts needs besides <see cref="File"/>, in the order in which its decoder wants them: the later networks of a cascade, for example.</summary>
    public IReadOnlyList<ModelFile> MoreFiles { get; init; } = [];

    /// <summary>All its files, <see cref="File"/> first.</summary>
    public IReadOnlyList<ModelFile> Files => [new(File, Sha256, SizeBytes, Origin), .. MoreFiles];

    /// <summary>Terms of the weights.</summary>
    public required string Licence { get; init; }

    /// <summary>Whether those terms allow commercial use.</summary>
    public CommercialUse Commercial { get; init; } = CommercialUse.Unclear;

    /// <summary>Where the weights come from, worded to follow "from".</summary>
    public required string Source { get; init; }

    /// <summary>Measured accuracy, with its conditions; null when none was measured.</summary>
    public string? Accuracy { get; init; }

    /// <summary>What the network wants. A detector of dynamic size has its longest side here, as a square.</summary>
    public required ModelInput Input { get; init; }

    /// <summary>The crop that the network was trained with; null for a detector.</summary>
    public CropRecipe? Crop { get; init; }

    /// <summary>The same, for all others, which always have one.</summary>
    /// <exception cref="InvalidOperationException">The model is a detector.</exception>
    public CropRecipe NativeCrop => Crop ?? throw new InvalidOperationException($"'{Name}' is a detector and takes no crop.");

    /// <summary>How the outputs are read: the name of its maker in <c>DetectorFactory</c> for a detector, <c>embedding</c> for a recogniser, <c>classes</c> for an attribute model,
    /// <c>liveness</c> (a print, a person, a screen, before the softmax) for a liveness model, <c>mean</c> of the outputs for a quality model.</summary>
    public required string Decoder { get; init; }

    /// <summary>Recogniser: numbers in an embedding; else 0.</summary>
    public int Dimension { get; init; }

    /// <summary>Recogniser: whether its embeddings are divided by their length, as DeepFace does with VGG-Face's.</summary>
    public bool MakesUnitLength { get; init; }

    /// <summary>Recogniser: whether its native crop was measured with the real weights, so that <see cref="AlignmentMode.Auto"/> takes it.</summary>
    public bool NativeMeasured { get; init; }

    /// <summary>Recogniser: largest distance at which two faces count as one person, for all four metrics under
    /// <see cref="AlignmentMode.Native"/> and <see cref="AlignmentMode.DeepFace"/>; else empty.</summary>
    public IReadOnlyDictionary<AlignmentMode, IReadOnlyDictionary<DistanceMetric, double>> Thresholds { get; init; } =
        new Dictionary<AlignmentMode, IReadOnlyDictionary<DistanceMetric, double>>();

    /// <summary>Recogniser: the calibration of the confidence for each of the four metrics, DeepFace's own or one measured in its form; may be empty.</summary>
    public IReadOnlyDictionary<DistanceMetric, ConfidenceCalibration> Calibrations { get; init; } = new Dictionary<DistanceMetric, ConfidenceCalibration>();

    /// <summary>Recogniser: what the network is fed under <see cref="AlignmentMode.DeepFace"/> where that differs from <see cref="Input"/>; else null.</summary>
    public ModelInput? DeepFaceInput { get; init; }

    /// <summary>Detector: smallest score of a face, 0 to 1; else 0.</summary>
    public float ScoreThreshold { get; init; }

    /// <summary>Detector: largest overlap (intersection over union) of two faces, 0 to 1; else 0.</summary>
    public float OverlapThreshold { get; init; }

    /// <summary>Attribute model: what it tells, at least one; else empty.</summary>
    public IReadOnlyList<AttributeOutput> Outputs { get; init; } = [];

    /// <summary>The alignment meant: <see cref="AlignmentMode.Auto"/> becomes <see cref="AlignmentMode.Native"/> where that was measured, else <see cref="AlignmentMode.DeepFace"/>.</summary>
    public AlignmentMode Resolve(AlignmentMode alignment) => alignment switch
    {
        AlignmentMode.Auto => NativeMeasured ? AlignmentMode.Native : AlignmentMode.DeepFace,
        var named => named,
    };

    /// <summary>Recogniser: the crop that it gets under <see cref="AlignmentMode.Native"/> or <see cref="AlignmentMode.DeepFace"/>.</summary>
    /// <remarks>A network that takes shares gets the face in its own size: resized to bytes, it would not be DeepFace's.</remarks>
    public CropRecipe CropUnder(AlignmentMode alignment) => alignment switch
    {
        AlignmentMode.DeepFace when InputUnder(alignment).TakesShares => new(CropGeometry.Eyes, Width: 0, Height: 0),
        AlignmentMode.DeepFace => new(CropGeometry.Eyes, Input.Width, Input.Height),
        _ => NativeCrop,
    };

    /// <summary>Recogniser: what the network is fed under <see cref="AlignmentMode.Native"/> or <see cref="AlignmentMode.DeepFace"/>.</summary>
    public ModelInput InputUnder(AlignmentMode alignment) => alignment == AlignmentMode.DeepFace ? DeepFaceInput ?? Input : Input;

    /// <summary>Whether a name can neither leave a folder nor hide in it.</summary>
    internal static bool IsPlainName(string name) => name.Length is > 0 and <= 128 && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(_nameCharacters);

    internal static bool IsSha256(string text) => text.Length == HashLength && !text.AsSpan().ContainsAnyExcept(_lowerHex);
}
