using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>Linzaer's Ultra-Light-Fast-Generic-Face-Detector in its RFB form, for 320×240 or 640×480 pixels: boxes only.</summary>
/// <param name="sessions">Session of a network with the outputs scores and boxes (decoded, in parts of the sides).</param>
/// <param name="input">Its size and channels.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class UltraFaceDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold)
    : NetworkDetector(sessions, input)
{
    /// <inheritdoc/>
    /// <remarks>Twice the input: of a wide picture stretched to it, the shorter side counts.</remarks>
    public override int? WorkingSide => 2 * base.WorkingSide;

    private protected override InputPlacement Place(in DetectorFrame frame) => InputPlacement.Stretched(frame, InputWidth, InputHeight);

    private protected override List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        RelativeBoxes.Collect(outputs["boxes"], outputs["scores"], scoreThreshold, placement, candidates);
        return RelativeBoxes.FacesOf(candidates.Suppress(overlapThreshold));
    }
}
