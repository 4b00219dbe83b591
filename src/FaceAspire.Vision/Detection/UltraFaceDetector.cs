using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>Linzaer's Ultra-Light-Fast-Generic-Face-Detector in its RFB form, for 320×240 or 640×480 pixels: boxes only.</summary>
/// <param name="sessions">Session of a network with the outputs scores and boxes (decoded, in parts of the sides).</param>
/// <param name="input">Its size and channels.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class UltraFaceDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    private const int MaxCandidates = 5_000;

    private readonly DetectorNetwork _network = new(sessions, input);

    /// <inheritdoc/>
    /// <remarks>Twice the input: of a wide picture stretched to it, the shorter side counts.</remarks>
    public int? WorkingSide => 2 * Math.Max(input.Width, input.Height);

    /// <inheritdoc/>
    public void Load() => _network.Load();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken) => Detect(DetectorFrame.Plain(image), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>DeepFace has no such backend: every number is truncated.</remarks>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken) =>
        WholePixels.Apply(Detect(frame, cancellationToken), WholePixels.Truncate);

    private List<DetectedFace> Detect(DetectorFrame frame, CancellationToken cancellationToken)
    {
        var placement = InputPlacement.Stretched(frame, input.Width, input.Height);
        return _network.Run(frame, placement, Interpolation.Bilinear, border: 0, outputs => Decode(outputs, frame, placement), cancellationToken);
    }

    private List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        RelativeBoxes.Collect(outputs["boxes"], outputs["scores"], scoreThreshold, placement, candidates);
        List<DetectedFace> faces = [];
        foreach (var candidate in candidates.Suppress(overlapThreshold, MaxCandidates))
        {
            faces.Add(new(candidate.Box, [], candidate.Confidence));
        }

        return faces;
    }
}
