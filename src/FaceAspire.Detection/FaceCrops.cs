using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.ServiceDefaults.Images;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Liveness;
using FaceAspire.Vision.Quality;

namespace FaceAspire.Detection;

/// <summary>Answers <c>extract</c>: the faces of a picture as pictures, cut as DeepFace cuts them.</summary>
internal sealed class FaceCrops(
    ImageSource images, IFaceExtractor extractor, DefaultDetector defaultDetector, LivenessCheck liveness, FaceDescriber describer, ComputeGate gate)
{
    private static readonly CropRecipe _naturalSize = new(CropGeometry.Eyes, Width: 0, Height: 0);

    public async Task<ExtractResponse> ExtractAsync(ExtractRequest request, CancellationToken cancellationToken)
    {
        using var image = await images.OpenAsync(request.Img, cancellationToken);
        var face = request.TargetSize is { } size ? _naturalSize with { Width = size.Width, Height = size.Height } : _naturalSize;
        var options = new ExtractionOptions(
            request.DetectorBackend ?? defaultDetector.Name,
            [face, .. request.AntiSpoofing ? liveness.Crops : [], .. FaceDescriber.CropsFor(request.Include)])
        {
            Align = request.Align,
            ExpandPercentage = request.ExpandPercentage,
            MaxFaces = request.MaxFaces,
            WholeImageWithoutFace = !request.EnforceDetection,
        };
        using var faces = await extractor.ExtractRequiredAsync(request.Img, image.Memory, options, cancellationToken);

        var result = await gate.RunAsync(token => Encode(faces, request, token), cancellationToken);
        return new(Success: true, result.Count, result);
    }

    private List<ExtractedFaceResult> Encode(ExtractedFaces faces, ExtractRequest request, CancellationToken cancellationToken)
    {
        List<ExtractedFaceResult> results = new(faces.Count);
        foreach (var face in faces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var verdict = request.AntiSpoofing ? liveness.Judge(face, firstCrop: 1, cancellationToken) : default(LivenessVerdict?);
            var details = describer.Describe(face, request.Include, cancellationToken);
            results.Add(new(PngEncoder.EncodeDataUri(face.Crops[0], request.ColorFace), face.Area, face.Confidence)
            {
                IsReal = verdict?.IsReal,
                AntispoofScore = verdict?.Score,
                Quality = details.Quality,
                Pose = details.Pose,
                Landmarks = details.Landmarks,
            });
        }

        return results;
    }
}
