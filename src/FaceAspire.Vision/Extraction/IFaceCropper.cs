using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>The frame in which a request's faces are found and cut: DeepFace's or the picture's own.</summary>
internal interface IFaceCropper
{
    /// <summary>The faces in the detector's order.</summary>
    IReadOnlyList<DetectedFace> Detect(IFaceDetector detector, PixelBuffer image, CancellationToken cancellationToken);

    /// <summary>Cuts one face; null when nothing of it lies in the picture.</summary>
    ExtractedFace? Crop(PixelBuffer image, DetectedFace face, CancellationToken cancellationToken);

    /// <summary>Takes the whole picture for one face that nobody detected.</summary>
    ExtractedFace CropWhole(PixelBuffer image, CancellationToken cancellationToken);
}
