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
public sealed class FaceExtractor(Func<string, IFaceDetector> detectors, string landmarkDetector, ImageDecoder decoder, ComputeGate gate) : IFaceExtractor
{
    /// <inheritdoc/>
    public Task<ExtractedFaces> ExtractAsync(ReadOnlyMemory<byte> image, ExtractionOptions options, CancellationToken cancellationToken) =>
        gate.RunAsync(token => Extract(image, options, token), cancellationToken);

    private ExtractedFaces Extract(ReadOnlyMemory<byte> encoded, ExtractionOptions options, CancellationToken cancellationToken)
    {
        using var image = Decode(encoded, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return Extract(image, options, cancellationToken);
    }

    private PixelBuffer Decode(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken)
    {
        using var activity = VisionTelemetry.Source.StartActivity("decode");
        var image = decoder.Decode(encoded, cancellationToken);
        activity?.SetTag("width", image.Width).SetTag("height", image.Height);
        return image;
    }

    private static IReadOnlyList<DetectedFace> Detect(IFaceCropper cropper, IFaceDetector detector, string detectorName, PixelBuffer image, CancellationToken cancellationToken)
    {
        using var activity = VisionTelemetry.Source.StartActivity("detect");
        var faces = cropper.Detect(detector, image, cancellationToken);
        activity?.SetTag("detector", detectorName).SetTag("faces", faces.Count);
        VisionTelemetry.FacesPerImage.Record(faces.Count, new KeyValuePair<string, object?>("detector", detectorName));
        return faces;
    }

    /// <summary>The faces of a decoded picture.</summary>
    /// <param name="image">The upright picture; only read, stays the caller's.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public ExtractedFaces Extract(PixelBuffer image, ExtractionOptions options, CancellationToken cancellationToken)
    {
        bool asDeepFace = options.Crops.Any(static crop => crop.Geometry == CropGeometry.Eyes);
        if (asDeepFace && options.Crops.Any(static crop => crop.Geometry != CropGeometry.Eyes))
        {
            throw new ArgumentException("Crops of DeepFace's geometry are made in a frame of their own and cannot be mixed with others.", nameof(options));
        }

        bool skip = options.Detector == ApiNames.SkipDetector;
        var detector = skip ? null : detectors(options.Detector);
        var cropper = asDeepFace
            ? (IFaceCropper)new DeepFaceCropper(options)
            : new NativeCropper(options, () => options.Detector == landmarkDetector ? null : detectors(landmarkDetector));
        var faces = new ExtractedFaces();
        try
        {
            if (detector is not null)
            {
                var found = Detect(cropper, detector, options.Detector, image, cancellationToken);
                using var activity = VisionTelemetry.Source.StartActivity("align");
                foreach (var face in Largest(found, options.MaxFaces))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (cropper.Crop(image, face, cancellationToken) is { } extracted)
                    {
                        faces.Add(extracted);
                    }
                }
            }

            if (faces.Count == 0 && (skip || options.WholeImageWithoutFace))
            {
                faces.Add(cropper.CropWhole(image, cancellationToken));
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
