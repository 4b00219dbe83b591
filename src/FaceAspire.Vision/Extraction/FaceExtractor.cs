using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Extraction;

/// <summary>Decodes, detects and crops in this process.</summary>
/// <param name="detectors">Gives the detector of a name other than <c>skip</c>.</param>
/// <param name="landmarkDetector">Name of the detector that finds the landmarks which another one does not give.</param>
/// <param name="decoder">Reads pictures.</param>
/// <param name="gate">Bounds the work at once.</param>
/// <param name="eyes">Gives the finder of the eyes that a detector does not give, for DeepFace's crops; where there is none, they stay unknown.</param>
public sealed class FaceExtractor(
    Func<string, IFaceDetector> detectors, string landmarkDetector, ImageDecoder decoder, ComputeGate gate, Func<EyeFinder?>? eyes = null) : IFaceExtractor
{
    /// <inheritdoc/>
    public Task<ExtractedFaces> ExtractAsync(ReadOnlyMemory<byte> image, ExtractionOptions options, CancellationToken cancellationToken) =>
        gate.RunAsync(token => Extract(image, options, token), cancellationToken);

    /// <summary>The faces of a decoded picture.</summary>
    /// <param name="image">The upright picture; only read, stays the caller's.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public ExtractedFaces Extract(PixelBuffer image, ExtractionOptions options, CancellationToken cancellationToken)
    {
        var (detector, cropper) = Prepare(options);
        return Extract(DecodedPicture.Of(image), detector, cropper, options, cancellationToken); // not disposed: the pixels are the caller's
    }

    private ExtractedFaces Extract(ReadOnlyMemory<byte> encoded, ExtractionOptions options, CancellationToken cancellationToken)
    {
        var (detector, cropper) = Prepare(options);
        using var picture = Decode(encoded, detector is null ? null : cropper.LeastSide(detector), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return Extract(picture, detector, cropper, options, cancellationToken);
    }

    /// <summary>The detector, null for <c>skip</c>, and the frame to work in.</summary>
    private (IFaceDetector? Detector, IFaceCropper Cropper) Prepare(ExtractionOptions options)
    {
        var detector = options.Detector == ApiNames.SkipDetector ? null : detectors(options.Detector);
        var cutter = new PictureCutter(options.Align, () => options.Detector == landmarkDetector ? null : detectors(landmarkDetector));
        return (
            detector,
            options.Crops.Any(static crop => crop.Geometry == CropGeometry.Eyes)
                ? new DeepFaceCropper(options, cutter, detector is { SeeksEyes: true } ? null : eyes?.Invoke())
                : new NativeCropper(options, cutter));
    }

    private DecodedPicture Decode(ReadOnlyMemory<byte> encoded, int? leastSide, CancellationToken cancellationToken)
    {
        using var activity = VisionTelemetry.Source.StartActivity("decode");
        var pixels = decoder.Decode(encoded, leastSide ?? int.MaxValue, out var size, cancellationToken);
        activity?.SetTag("width", size.Width).SetTag("height", size.Height).SetTag("reduction", size.Reduction);
        return new(pixels, size, token => DecodeWhole(encoded, token));
    }

    private PixelBuffer DecodeWhole(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken)
    {
        using var activity = VisionTelemetry.Source.StartActivity("decode");
        var pixels = decoder.Decode(encoded, cancellationToken);
        activity?.SetTag("width", pixels.Width).SetTag("height", pixels.Height).SetTag("reduction", 1);
        return pixels;
    }

    private static IReadOnlyList<DetectedFace> Detect(IFaceCropper cropper, IFaceDetector detector, string detectorName, PixelBuffer image, CancellationToken cancellationToken)
    {
        using var activity = VisionTelemetry.Source.StartActivity("detect");
        var faces = cropper.Detect(detector, image, cancellationToken);
        activity?.SetTag("detector", detectorName).SetTag("faces", faces.Count);
        VisionTelemetry.FacesPerImage.Record(faces.Count, new KeyValuePair<string, object?>("detector", detectorName));
        return faces;
    }

    private static ExtractedFaces Extract(
        DecodedPicture picture, IFaceDetector? detector, IFaceCropper cropper, ExtractionOptions options, CancellationToken cancellationToken)
    {
        var faces = new ExtractedFaces();
        try
        {
            if (detector is not null)
            {
                var found = Detect(cropper, detector, options.Detector, picture.Pixels, cancellationToken);
                using var activity = VisionTelemetry.Source.StartActivity("align");
                foreach (var face in Largest(found, options.MaxFaces))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (cropper.Crop(picture, face, cancellationToken) is { } extracted)
                    {
                        faces.Add(extracted);
                    }
                }
            }

            if (faces.Count == 0 && (detector is null || options.WholeImageWithoutFace))
            {
                faces.Add(cropper.CropWhole(picture, cancellationToken));
            }

            return faces;
        }
        catch
        {
            faces.Dispose();
            throw;
        }
    }

    /// <summary>The largest faces, largest first, when there are more than asked for; else all in their order.</summary>
    private static IEnumerable<DetectedFace> Largest(IReadOnlyList<DetectedFace> faces, int? maxFaces) =>
        maxFaces < faces.Count ? faces.OrderByDescending(static face => face.Box.Area).Take(maxFaces.Value) : faces;
}
