using FaceAspire.Contracts.Models;

namespace FaceAspire.Contracts.Names;

/// <summary>The names that requests may use: those fixed by the API, and those of the catalogue's models.</summary>
/// <param name="models">Names of the recognisers, in the catalogue's spelling.</param>
/// <param name="detectors">Names of the detectors, in the catalogue's spelling, without <see cref="SkipDetector"/>.</param>
public sealed class ApiNames(IEnumerable<string> models, IEnumerable<string> detectors)
{
    /// <summary>The backend that detects nothing: the whole image is the face.</summary>
    public const string SkipDetector = "skip";

    /// <summary>Wire names of the metrics.</summary>
    public static Vocabulary<DistanceMetric> Metrics { get; } = new(
    [
        new("cosine", DistanceMetric.Cosine),
        new("euclidean", DistanceMetric.Euclidean),
        new("euclidean_l2", DistanceMetric.EuclideanL2),
        new("angular", DistanceMetric.Angular),
    ]);

    /// <summary>Wire names of the normalizations.</summary>
    public static Vocabulary<InputNormalization> Normalizations { get; } = new(
    [
        new("base", InputNormalization.Base),
        new("raw", InputNormalization.Raw),
        new("Facenet", InputNormalization.Facenet),
        new("Facenet2018", InputNormalization.Facenet2018),
        new("VGGFace", InputNormalization.VggFace),
        new("VGGFace2", InputNormalization.VggFace2),
        new("ArcFace", InputNormalization.ArcFace),
    ]);

    /// <summary>Wire names of the alignments.</summary>
    public static Vocabulary<AlignmentMode> Alignments { get; } = new(
    [
        new("auto", AlignmentMode.Auto),
        new("native", AlignmentMode.Native),
        new("deepface", AlignmentMode.DeepFace),
    ]);

    /// <summary>Wire names of the actions.</summary>
    public static Vocabulary<AttributeAction> Actions { get; } = new(
    [
        new("age", AttributeAction.Age),
        new("gender", AttributeAction.Gender),
        new("emotion", AttributeAction.Emotion),
        new("race", AttributeAction.Race),
    ]);

    /// <summary>Wire names of what is done with several faces.</summary>
    public static Vocabulary<SeveralFaces> Several { get; } = new(
    [
        new("largest", SeveralFaces.Largest),
        new("all", SeveralFaces.All),
        new("error", SeveralFaces.Error),
    ]);

    /// <summary>Wire names of the colours of a face's picture.</summary>
    public static Vocabulary<ColorOrder> Colors { get; } = new(
    [
        new("rgb", ColorOrder.Rgb),
        new("bgr", ColorOrder.Bgr),
        new("gray", ColorOrder.Gray),
    ]);

    /// <summary>Wire names of what is told of a face besides.</summary>
    public static Vocabulary<FaceDetail> Details { get; } = new(
    [
        new("quality", FaceDetail.Quality),
        new("pose", FaceDetail.Pose),
        new("landmarks", FaceDetail.Landmarks),
    ]);

    /// <summary>Names of the recognisers.</summary>
    public Vocabulary<string> Models { get; } = new(models.Select(name => KeyValuePair.Create(name, name)));

    /// <summary>Names of the detectors, <see cref="SkipDetector"/> among them.</summary>
    public Vocabulary<string> Detectors { get; } = new(detectors.Append(SkipDetector).Select(name => KeyValuePair.Create(name, name)));
}
