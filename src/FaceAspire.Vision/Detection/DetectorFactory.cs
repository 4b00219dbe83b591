using System.Collections.Frozen;

namespace FaceAspire.Vision.Detection;

/// <summary>Makes detectors by the name of their kind, which the catalogue calls <c>decoder</c>. A new kind is a class and a line here.</summary>
public static class DetectorFactory
{
    private static readonly FrozenDictionary<string, Func<DetectorParts, IFaceDetector>> _makers = new Dictionary<string, Func<DetectorParts, IFaceDetector>>
    {
        ["yunet"] = static parts => new YuNetDetector(parts.Network(0), parts.ScoreThreshold, parts.OverlapThreshold),
        ["retinaface"] = static parts => new RetinaFaceDetector(parts.Network(0), parts.Input, parts.ScoreThreshold, parts.OverlapThreshold),
        ["scrfd"] = static parts => new ScrfdDetector(parts.Network(0), parts.Input, parts.ScoreThreshold, parts.OverlapThreshold),
        ["ssd"] = static parts => new SsdDetector(parts.Network(0), parts.Input, parts.ScoreThreshold, parts.OverlapThreshold),
        ["blazeface"] = static parts => new BlazeFaceDetector(parts.Network(0), parts.Input, parts.ScoreThreshold, parts.OverlapThreshold),
        ["ultraface"] = static parts => new UltraFaceDetector(parts.Network(0), parts.Input, parts.ScoreThreshold, parts.OverlapThreshold),
        ["yolo-face"] = static parts => new YoloFaceDetector(parts.Network(0), parts.Input, parts.ScoreThreshold, parts.OverlapThreshold),
        ["centerface"] = static parts => new CenterFaceDetector(parts.Network(0), parts.Input, parts.ScoreThreshold, parts.OverlapThreshold),
        ["haar"] = static parts => new HaarDetector(() => parts.File(0), () => parts.File(1)),
        ["mtcnn"] = static parts => new MtcnnDetector(parts.Network(0), parts.Network(1), parts.Network(2), parts.ScoreThreshold, parts.OverlapThreshold),
        ["fastmtcnn"] = static parts => new FastMtcnnDetector(parts.Network(0), parts.Network(1), parts.Network(2), parts.ScoreThreshold, parts.OverlapThreshold),
        ["mmod"] = static parts => new MmodDetector(parts.Network(0), parts.ScoreThreshold, parts.OverlapThreshold),
        ["dlib-hog"] = static parts => new DlibHogDetector(() => parts.File(0), parts.ScoreThreshold, parts.OverlapThreshold),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The kinds that there are.</summary>
    public static IEnumerable<string> Kinds => _makers.Keys;

    /// <summary>A detector. Cheap: networks and files are loaded with its first picture.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="parts">What it is made of.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static IFaceDetector Create(string kind, DetectorParts parts) => _makers.TryGetValue(kind, out var make)
        ? make(parts)
        : throw new ArgumentException($"There is no detector of the kind '{kind}'.", nameof(kind));
}
