using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>SCRFD (Guo et al., ICLR 2022) with landmarks, decoded as InsightFace's <c>scrfd.py</c> does.</summary>
/// <param name="sessions">Session of a network with nine outputs: scores of the strides 8, 16, 32, then their boxes, then their points.</param>
/// <param name="input">Its size and channels.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class ScrfdDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold)
    : NetworkDetector(sessions, input)
{
    private const int AnchorsPerCell = 2;
    private const float BothEdges = 1; // InsightFace counts both edges of a box in when it measures overlaps
    private static readonly int[] _strides = [8, 16, 32];

    private protected override InputPlacement Place(in DetectorFrame frame) => InputPlacement.Corner(frame, InputWidth, InputHeight);

    private protected override List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        for (int level = 0; level < _strides.Length; level++)
        {
            var scores = outputs[level];
            var boxes = outputs[_strides.Length + level];
            var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _strides[level], AnchorsPerCell);
            for (int i = 0; i < grid.Count; i++)
            {
                if (scores[i] >= scoreThreshold)
                {
                    var anchor = Anchor(grid, i);
                    var sides = boxes.Slice(4 * i, 4);
                    var box = placement.ToFrame(
                        anchor.X - (sides[0] * grid.Stride), anchor.Y - (sides[1] * grid.Stride), anchor.X + (sides[2] * grid.Stride), anchor.Y + (sides[3] * grid.Stride));
                    candidates.Add(box, scores[i], level, i);
                }
            }
        }

        List<DetectedFace> faces = [];
        foreach (var candidate in candidates.Suppress(overlapThreshold, BothEdges))
        {
            var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _strides[candidate.Level], AnchorsPerCell);
            var points = outputs[(2 * _strides.Length) + candidate.Level].Slice(10 * candidate.Anchor, 10);
            faces.Add(new(candidate.Box, FivePoints.Read(points, Anchor(grid, candidate.Anchor), new(grid.Stride), placement), candidate.Confidence));
        }

        return faces;
    }

    private static Vector2 Anchor(in AnchorGrid grid, int anchor)
    {
        var (column, row, _) = grid.Locate(anchor);
        return new(column * grid.Stride, row * grid.Stride);
    }
}
