using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>CenterFace (Xu et al., 2019): a heat map of faces' middles in cells of 4 pixels, decoded as DeepFace's backend does.</summary>
/// <param name="sessions">Session of a network of dynamic size with four outputs: heat map, logarithms of height and width, offsets y and x, five points y and x.</param>
/// <param name="input">Its channels, and the longer side that larger pictures are shrunk to.</param>
/// <param name="scoreThreshold">Score above which a middle counts as a face.</param>
/// <param name="overlapThreshold">Smallest IoU at which the worse of two faces goes.</param>
public sealed class CenterFaceDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    private const int Stride = 4;
    private const int SideMultiple = 32;    // of the coarsest layer
    private const int MaxDeepFaceSide = 4_096; // DeepFace has no limit; beyond it the memory of one picture would exceed a gigabyte
    private const int Points = 5;
    private const float BothEdges = 1; // the reference counts both edges of a box in when it measures overlaps

    private readonly DetectorNetwork _network = new(sessions, input);

    /// <inheritdoc/>
    public int? WorkingSide => input.Width;

    /// <inheritdoc/>
    public void Load() => _network.Load();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken) =>
        Detect(DetectorFrame.Plain(image), input.Width, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>DeepFace looks at every pixel, and truncates every number.</remarks>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken) =>
        WholePixels.Apply(Detect(frame, MaxDeepFaceSide, cancellationToken), WholePixels.Truncate);

    private List<DetectedFace> Detect(DetectorFrame frame, int longestSide, CancellationToken cancellationToken)
    {
        double scale = Math.Min(1, longestSide / (double)Math.Max(frame.Width, frame.Height));
        var placement = InputPlacement.Stretched(frame, RoundUp(frame.Width * scale), RoundUp(frame.Height * scale));
        return _network.Run(frame, placement, Interpolation.Bilinear, border: 0, outputs => Decode(outputs, placement), cancellationToken);
    }

    /// <summary>The faces in the outputs, in pixels of the frame.</summary>
    internal List<DetectedFace> Decode(InferenceOutputs outputs, InputPlacement placement)
    {
        var heat = outputs[0];
        var sizes = outputs[1];
        var offsets = outputs[2];
        var grid = new AnchorGrid(Stride, placement.CanvasWidth / Stride, placement.CanvasHeight / Stride, PerCell: 1);

        // The reference measures overlaps in the input, whose axes are stretched differently.
        using var candidates = new CandidateList(placement.CanvasWidth, placement.CanvasHeight);
        for (int i = 0; i < grid.Count; i++)
        {
            if (heat[i] > scoreThreshold)
            {
                var (column, row, _) = grid.Locate(i);
                float height = MathF.Exp(sizes[i]) * Stride;
                float width = MathF.Exp(sizes[grid.Count + i]) * Stride;
                float left = Math.Clamp(((column + offsets[grid.Count + i] + 0.5f) * Stride) - (width / 2), 0, placement.CanvasWidth);
                float top = Math.Clamp(((row + offsets[i] + 0.5f) * Stride) - (height / 2), 0, placement.CanvasHeight);
                float right = Math.Min(left + width, placement.CanvasWidth);
                float bottom = Math.Min(top + height, placement.CanvasHeight);
                candidates.Add(new(left, top, right - left, bottom - top), Math.Clamp(heat[i], 0, 1), level: 0, i);
            }
        }

        List<DetectedFace> faces = [];

        // Of two with an overlap of just the threshold the worse goes, too.
        foreach (var candidate in candidates.Suppress(MathF.BitDecrement(overlapThreshold), BothEdges))
        {
            var box = candidate.Box;
            faces.Add(new(placement.ToFrame(box.X, box.Y, box.Right, box.Bottom), Landmarks(outputs, grid, candidate, placement), candidate.Confidence));
        }

        return faces;
    }

    /// <summary>Points count from the corner of the box that was cut at the input's edge, in units of its whole sides.</summary>
    private static Vector2[] Landmarks(InferenceOutputs outputs, in AnchorGrid grid, in Candidate candidate, in InputPlacement placement)
    {
        var sizes = outputs[1];
        var numbers = outputs[3];
        float height = MathF.Exp(sizes[candidate.Anchor]) * Stride;
        float width = MathF.Exp(sizes[grid.Count + candidate.Anchor]) * Stride;
        var points = new Vector2[Points];
        for (int i = 0; i < Points; i++)
        {
            float y = numbers[(2 * i * grid.Count) + candidate.Anchor];
            float x = numbers[(((2 * i) + 1) * grid.Count) + candidate.Anchor];
            points[i] = placement.ToFrame((x * width) + candidate.Box.X, (y * height) + candidate.Box.Y);
        }

        return points;
    }

    private static int RoundUp(double side) => Math.Max(1, (int)Math.Ceiling(side / SideMultiple)) * SideMultiple;
}
