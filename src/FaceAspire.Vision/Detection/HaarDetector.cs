using System.Numerics;
using FaceAspire.Vision.Detection.Cascades;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>Viola and Jones' detector with OpenCV's cascades, as DeepFace's <c>opencv</c> backend runs it: sizes grow by a tenth, a face is more than ten windows,
/// and the eyes come from a cascade of their own.</summary>
/// <remarks>The confidence is DeepFace's, (100 − level weight) / 100, which falls when the cascade is surer.</remarks>
/// <param name="faceFile">Path of <c>haarcascade_frontalface_default.xml</c>; asked for with the first picture, and again after a failure.</param>
/// <param name="eyeFile">Path of <c>haarcascade_eye.xml</c>, likewise.</param>
public sealed class HaarDetector(Func<string> faceFile, Func<string> eyeFile) : IFaceDetector
{
    private const double ScaleFactor = 1.1;
    private const int MinNeighbors = 10;
    private const double GroupTolerance = 0.2;

    private readonly Lazy<HaarCascade> _cascade = new(() => HaarCascade.Load(faceFile()), LazyThreadSafetyMode.PublicationOnly);
    private readonly EyeFinder _eyes = new(eyeFile);

    /// <inheritdoc/>
    public int? WorkingSide => null;

    /// <inheritdoc/>
    public bool SeeksEyes => true;

    /// <inheritdoc/>
    public void Load()
    {
        _ = _cascade.Value;
        _eyes.Load();
    }

    /// <inheritdoc/>
    /// <remarks>Best first is the surest first, not that of the highest confidence.</remarks>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken) =>
        [.. DetectAsDeepFace(DetectorFrame.Plain(image), cancellationToken).OrderBy(static face => face.Confidence)];

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        using var luma = LumaFrame.Of(frame);
        return Detect(_cascade.Value, luma, cancellationToken).ConvertAll(window => FaceOf(window, luma, cancellationToken));
    }

    /// <summary>The objects of a cascade in the order of the scan, clipped to the frame.</summary>
    internal static List<CascadeWindow> Detect(HaarCascade cascade, LumaFrame frame, CancellationToken cancellationToken)
    {
        using var windows = CascadeScan.Run(cascade, frame, ScaleFactor, cancellationToken);
        var objects = WindowGrouping.Group(windows.Windows, MinNeighbors, GroupTolerance);
        for (int i = 0; i < objects.Count; i++)
        {
            var box = objects[i].Box;
            objects[i] = objects[i] with { Box = box with { Width = Math.Min(box.Width, frame.Width - box.X), Height = Math.Min(box.Height, frame.Height - box.Y) } };
        }

        return objects;
    }

    private DetectedFace FaceOf(CascadeWindow window, LumaFrame luma, CancellationToken cancellationToken)
    {
        var box = window.Box;
        using var crop = luma.Cut(box);
        var eyes = crop is null ? null : _eyes.Find(crop, cancellationToken);
        var corner = new Vector2(box.X, box.Y);
        Vector2[] landmarks = eyes is var (right, left) ? [corner + right, corner + left] : [];
        return new(new(box.X, box.Y, box.Width, box.Height), landmarks, (float)Math.Clamp((100 - window.Weight) / 100, 0, 1));
    }
}
