using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>The frame in which a request's faces are found and cut: DeepFace's or the picture's own.</summary>
internal interface IFaceCropper
{
    /// <summary>To which side a detector of this working side lets pictures be reduced; null when this frame needs every pixel.</summary>
    int? LeastSide(IFaceDetector detector);

    /// <summary>The faces in the detector's order.</summary>
    IReadOnlyList<DetectedFace> Detect(IFaceDetector detector, PixelBuffer image, CancellationToken cancellationToken);

    /// <summary>Cuts one face, in pixels of the picture as decoded; null when nothing of it lies in the picture.</summary>
    ExtractedFace? Crop(DecodedPicture picture, DetectedFace face, CancellationToken cancellationToken);

    /// <summary>Takes the whole picture for one face that nobody detected.</summary>
    ExtractedFace CropWhole(DecodedPicture picture, CancellationToken cancellationToken);
}
