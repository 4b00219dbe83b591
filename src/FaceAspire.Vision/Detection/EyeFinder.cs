using System.Numerics;
using FaceAspire.Vision.Detection.Cascades;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>Finds the eyes in the crop of a face as DeepFace does for detectors that give none: with OpenCV's cascade of eyes. Safe to call on many threads at once.</summary>
/// <param name="file">Path of <c>haarcascade_eye.xml</c>; asked for with the first face, and again after a failure.</param>
public sealed class EyeFinder(Func<string> file)
{
    private readonly Lazy<HaarCascade> _cascade = new(() => HaarCascade.Load(file()), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Loads the cascade, so that the first face does not wait for it.</summary>
    /// <exception cref="Contracts.Errors.FaceAspireException">It is missing or refused, or cannot be loaded.</exception>
    public void Load() => _ = _cascade.Value;

    /// <summary>The eyes, in whole pixels of the crop; null when fewer than two are found.</summary>
    /// <param name="crop">A face, upright; only read.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public (Vector2 Right, Vector2 Left)? Find(PixelBuffer crop, CancellationToken cancellationToken)
    {
        using var luma = LumaFrame.Of(DetectorFrame.Plain(crop));
        return Find(luma, cancellationToken);
    }

    /// <summary>The same in a crop that is grey.</summary>
    internal (Vector2 Right, Vector2 Left)? Find(LumaFrame crop, CancellationToken cancellationToken)
    {
        CascadeWindow[] eyes = [.. HaarDetector.Detect(_cascade.Value, crop, cancellationToken).OrderByDescending(static eye => eye.Box.Area).Take(2)];
        if (eyes.Length < 2)
        {
            return null;
        }

        var (first, second) = (CenterOf(eyes[0].Box), CenterOf(eyes[1].Box));
        return eyes[0].Box.X < eyes[1].Box.X ? (first, second) : (second, first);
    }

    private static Vector2 CenterOf(PixelBox box) => new(box.X + (box.Width / 2), box.Y + (box.Height / 2));
}
