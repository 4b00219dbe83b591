using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>Finds faces in a picture. Safe to call on many threads at once.</summary>
public interface IFaceDetector
{
    /// <summary>The longer side to which it shrinks larger pictures before it looks at them; null when it looks at every pixel.</summary>
    int? WorkingSide { get; }

    /// <summary>Whether it has looked for the eyes of every face itself, so that nobody needs to look again where it found none.</summary>
    bool SeeksEyes => false;

    /// <summary>Loads its networks and files, so that the first picture does not wait for it.</summary>
    /// <exception cref="Contracts.Errors.FaceAspireException">They are missing or refused, or cannot be loaded.</exception>
    void Load();

    /// <summary>The faces of the picture, best first; empty when there is none.</summary>
    /// <param name="image">The upright picture; only read.</param>
    /// <param name="cancellationToken">Stops the network between two of its nodes.</param>
    IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken);

    /// <summary>The faces as DeepFace's backend of this name reports them: in whole pixels of the frame, truncated where and as often as it truncates.</summary>
    /// <param name="frame">The picture, with DeepFace's border or without.</param>
    /// <param name="cancellationToken">Stops the network between two of its nodes.</param>
    IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken);
}
