using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>Finds faces in a picture. Safe to call on many threads at once.</summary>
public interface IFaceDetector
{
    /// <summary>The faces of the picture, best first; empty when there is none.</summary>
    /// <param name="image">The upright picture; only read.</param>
    /// <param name="cancellationToken">Stops the network between two of its nodes.</param>
    IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken);
}
