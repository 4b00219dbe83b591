using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>OpenCV's face detector: SSD (Liu et al., ECCV 2016) on ten residual layers, 300×300 pixels, thinned out as OpenCV's <c>DetectionOutput</c> layer does.</summary>
/// <param name="sessions">Session of a network with the outputs boxes (decoded, in parts of the sides) and scores.</param>
/// <param name="input">Its size and channels.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class SsdDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold)
    : NetworkDetector(sessions, input)
{
    private const int MaxCandidates = 400;  // the layer's top_k
    private const int MaxFaces = 200;       // its keep_top_k

    private readonly DetectorNetwork _deepFaceNetwork = new(sessions, input with { Mean = [0, 0, 0] }); // DeepFace forgets the mean that the network was trained with

    /// <inheritdoc/>
    /// <remarks>Twice the input: of a wide picture stretched to it, the shorter side counts.</remarks>
    public override int? WorkingSide => 2 * base.WorkingSide;

    /// <inheritdoc/>
    /// <remarks>DeepFace subtracts no mean, and truncates corners first in the network's input, then in the picture.</remarks>
    public override IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        var faces = Detect(_deepFaceNetwork, frame, cancellationToken);
        double across = frame.Width / (double)InputWidth;
        double down = frame.Height / (double)InputHeight;
        return WholePixels.Apply(faces, face =>
        {
            var box = face.Box;
            float left = Truncate(box.X, across);
            float top = Truncate(box.Y, down);
            return face with { Box = new(left, top, Truncate(box.Right, across) - left, Truncate(box.Bottom, down) - top) };
        });
    }

    private protected override InputPlacement Place(in DetectorFrame frame) => InputPlacement.Stretched(frame, InputWidth, InputHeight);

    private protected override List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        RelativeBoxes.Collect(outputs["boxes"], outputs["scores"], scoreThreshold, placement, candidates);
        candidates.Sort(MaxCandidates);
        var kept = candidates.Suppress(overlapThreshold);
        return RelativeBoxes.FacesOf(kept[..Math.Min(kept.Length, MaxFaces)]);
    }

    private static float Truncate(float value, double scale) => (float)(int)((int)(value / scale) * scale);
}
