using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>RetinaFace (Deng et al., CVPR 2020) in both layouts in use, told apart by the number of outputs: three (boxes, scores and points of all anchors, as
/// the PyTorch versions give them) or nine (scores, boxes and points for each of the strides 32, 16, 8, cell by cell, as DeepFace's ResNet-50 gives them).</summary>
/// <param name="sessions">Session of a network of dynamic size.</param>
/// <param name="input">Its channels, and the longer side that pictures are resized to, larger or smaller.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class RetinaFaceDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    // DeepFace's retinaface backend: the shorter side becomes the first, unless the longer one would exceed the second.
    private const int DeepFaceShortSide = 1_024;
    private const int DeepFaceLongSide = 1_980;

    private const int AnchorsPerCell = 2;
    private const int LevelOutputs = 3;
    private const float BothEdges = 1; // the references count both edges of a box in when they measure overlaps
    private const float CenterVariance = 0.1f;
    private const float SizeVariance = 0.2f;

    // Sides of the two anchors of a cell, by level.
    private static readonly (int Stride, float First, float Second)[] _priors = [(8, 10, 20), (16, 32, 64), (32, 128, 256)];
    private static readonly (int Stride, float First, float Second)[] _levels = [(32, 512, 256), (16, 128, 64), (8, 32, 16)];

    private readonly DetectorNetwork _network = new(sessions, input);

    /// <inheritdoc/>
    public int? WorkingSide => input.Width;

    /// <inheritdoc/>
    public void Load() => _network.Load();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken) =>
        Detect(DetectorFrame.Plain(image), input.Width / (double)Math.Max(image.Width, image.Height), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>DeepFace looks at a larger picture than this network was made for, and truncates corners.</remarks>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        int longSide = Math.Max(frame.Width, frame.Height);
        double scale = DeepFaceShortSide / (double)Math.Min(frame.Width, frame.Height);
        if (Math.Round(scale * longSide) > DeepFaceLongSide)
        {
            scale = DeepFaceLongSide / (double)longSide;
        }

        return WholePixels.Apply(Detect(frame, scale, cancellationToken), WholePixels.TruncateCorners);
    }

    private List<DetectedFace> Detect(DetectorFrame frame, double scale, CancellationToken cancellationToken)
    {
        var placement = InputPlacement.Scaled(frame, scale);
        return _network.Run(frame, placement, Interpolation.Bilinear, border: 0, outputs => Decode(outputs, frame, placement), cancellationToken);
    }

    /// <summary>The faces in the outputs, in pixels of the frame.</summary>
    internal List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        bool byLevel = outputs.Count > LevelOutputs;
        if (byLevel)
        {
            CollectLevels(outputs, placement, candidates);
        }
        else
        {
            CollectPriors(outputs, placement, candidates);
        }

        List<DetectedFace> faces = [];
        foreach (var candidate in candidates.Suppress(overlapThreshold, BothEdges))
        {
            var landmarks = byLevel ? LevelLandmarks(outputs, placement, candidate) : PriorLandmarks(outputs, placement, candidate);
            faces.Add(new(candidate.Box, landmarks, candidate.Confidence));
        }

        return faces;
    }

    private void CollectPriors(InferenceOutputs outputs, in InputPlacement placement, CandidateList candidates)
    {
        var boxes = outputs[0];
        var scores = outputs[1];
        int first = 0;
        for (int level = 0; level < _priors.Length; level++)
        {
            var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _priors[level].Stride, AnchorsPerCell);
            for (int i = 0; i < grid.Count; i++)
            {
                float score = scores[(2 * (first + i)) + 1];
                if (score >= scoreThreshold)
                {
                    var (center, side) = Prior(grid, level, i);
                    var box = boxes.Slice(4 * (first + i), 4);
                    var middle = center + (new Vector2(box[0], box[1]) * CenterVariance * side);
                    float halfWidth = side * MathF.Exp(box[2] * SizeVariance) / 2;
                    float halfHeight = side * MathF.Exp(box[3] * SizeVariance) / 2;
                    candidates.Add(placement.ToFrame(middle.X - halfWidth, middle.Y - halfHeight, middle.X + halfWidth, middle.Y + halfHeight), score, level, first + i);
                }
            }

            first += grid.Count;
        }
    }

    private static Vector2[] PriorLandmarks(InferenceOutputs outputs, in InputPlacement placement, in Candidate candidate)
    {
        int first = 0;
        for (int level = 0; level < candidate.Level; level++)
        {
            first += AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _priors[level].Stride, AnchorsPerCell).Count;
        }

        var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _priors[candidate.Level].Stride, AnchorsPerCell);
        var (center, side) = Prior(grid, candidate.Level, candidate.Anchor - first);
        return FivePoints.Read(outputs[2].Slice(10 * candidate.Anchor, 10), center, new Vector2(side * CenterVariance), placement);
    }

    private static (Vector2 Center, float Side) Prior(in AnchorGrid grid, int level, int anchor)
    {
        var (column, row, inCell) = grid.Locate(anchor);
        var center = new Vector2((column + 0.5f) * grid.Stride, (row + 0.5f) * grid.Stride);
        return (center, inCell == 0 ? _priors[level].First : _priors[level].Second);
    }

    private void CollectLevels(InferenceOutputs outputs, in InputPlacement placement, CandidateList candidates)
    {
        float right = placement.CanvasWidth - 1;
        float bottom = placement.CanvasHeight - 1;
        for (int level = 0; level < _levels.Length; level++)
        {
            var scores = outputs[LevelOutputs * level];
            var boxes = outputs[(LevelOutputs * level) + 1];
            var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _levels[level].Stride, AnchorsPerCell);
            for (int i = 0; i < grid.Count; i++)
            {
                // A cell has two scores of "no face" before its two of "face".
                float score = scores[(2 * AnchorsPerCell * (i / AnchorsPerCell)) + AnchorsPerCell + (i % AnchorsPerCell)];
                if (score >= scoreThreshold)
                {
                    var (center, side) = LevelAnchor(grid, level, i);
                    var box = boxes.Slice(4 * i, 4);
                    float middleX = (box[0] * side) + center.X;
                    float middleY = (box[1] * side) + center.Y;
                    float halfWidth = 0.5f * ((MathF.Exp(box[2]) * side) - 1);
                    float halfHeight = 0.5f * ((MathF.Exp(box[3]) * side) - 1);
                    var inFrame = placement.ToFrame(
                        Math.Clamp(middleX - halfWidth, 0, right), Math.Clamp(middleY - halfHeight, 0, bottom), Math.Clamp(middleX + halfWidth, 0, right), Math.Clamp(middleY + halfHeight, 0, bottom));
                    candidates.Add(inFrame, score, level, i);
                }
            }
        }
    }

    private static Vector2[] LevelLandmarks(InferenceOutputs outputs, in InputPlacement placement, in Candidate candidate)
    {
        var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _levels[candidate.Level].Stride, AnchorsPerCell);
        var (center, side) = LevelAnchor(grid, candidate.Level, candidate.Anchor);
        return FivePoints.Read(outputs[(LevelOutputs * candidate.Level) + 2].Slice(10 * candidate.Anchor, 10), center, new(side), placement);
    }

    /// <summary>Anchors of all sizes lie about the point (7.5, 7.5) of their cell, whatever the stride: a trait of the original's base anchors of 16 pixels.</summary>
    private static (Vector2 Center, float Side) LevelAnchor(in AnchorGrid grid, int level, int anchor)
    {
        var (column, row, inCell) = grid.Locate(anchor);
        var center = new Vector2((column * grid.Stride) + 7.5f, (row * grid.Stride) + 7.5f);
        return (center, inCell == 0 ? _levels[level].First : _levels[level].Second);
    }
}
