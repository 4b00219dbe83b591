using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>YOLO trained on faces, in the two forms in which it is exported, told apart by the number of outputs. Three raw maps of 80 channels (strides 8, 16, 32:
/// four sides as distributions over 16 distances, a score, five points), as derronqi's yolov8-face gives them; or one decoded map of 5 channels (middle, size, score)
/// or 20 (and five points), as Ultralytics exports versions 8, 11 and 12.</summary>
/// <param name="sessions">Session of such a network.</param>
/// <param name="input">Its size and channels.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class YoloFaceDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    private const int MaxFaces = 300;           // Ultralytics' max_det
    private const byte DeepFaceBorder = 114;    // Ultralytics' grey around the picture
    private const int Bins = 16;                // distances 0 to 15 cells
    private const int Sides = 4;
    private const int ScoreChannel = Sides * Bins;
    private const int PointChannel = ScoreChannel + 1;
    private const int Points = 5;
    private const int PointNumbers = 3;         // x, y and whether it is visible
    private const int DecodedScoreChannel = 4;
    private const int DecodedPointChannel = 5;
    private static readonly int[] _strides = [8, 16, 32];

    private readonly DetectorNetwork _network = new(sessions, input);

    /// <inheritdoc/>
    public int? WorkingSide => Math.Max(input.Width, input.Height);

    /// <inheritdoc/>
    public void Load() => _network.Load();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken)
    {
        var frame = DetectorFrame.Plain(image);
        return Detect(frame, InputPlacement.CenteredTruncated(frame, input.Width, input.Height), Interpolation.Area, border: 0, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>DeepFace leaves it to Ultralytics, which resizes bilinearly, puts grey around the picture and cuts boxes at its edges, and truncates every number.</remarks>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        var placement = InputPlacement.CenteredRounded(frame, input.Width, input.Height);
        var faces = Detect(frame, placement, Interpolation.Bilinear, DeepFaceBorder, cancellationToken);
        return WholePixels.Apply(faces, face =>
        {
            float left = Math.Clamp(face.Box.X, 0, frame.Width);
            float top = Math.Clamp(face.Box.Y, 0, frame.Height);
            var inside = new FaceBox(left, top, Math.Clamp(face.Box.Right, 0, frame.Width) - left, Math.Clamp(face.Box.Bottom, 0, frame.Height) - top);
            return WholePixels.Truncate(face with { Box = inside });
        });
    }

    private List<DetectedFace> Detect(
        DetectorFrame frame, InputPlacement placement, Interpolation interpolation, byte border, CancellationToken cancellationToken) =>
        _network.Run(frame, placement, interpolation, border, outputs => Decode(outputs, frame, placement), cancellationToken);

    /// <summary>The faces in the outputs, in pixels of the frame.</summary>
    internal List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        bool decoded = outputs.Count == 1;
        if (decoded)
        {
            CollectDecoded(outputs[0], placement, candidates);
        }
        else
        {
            CollectMaps(outputs, placement, candidates);
        }

        List<DetectedFace> faces = [];
        foreach (var candidate in candidates.Suppress(overlapThreshold))
        {
            if (faces.Count < MaxFaces)
            {
                faces.Add(new(candidate.Box, decoded ? DecodedPoints(outputs[0], placement, candidate) : MapPoints(outputs, placement, candidate), candidate.Confidence));
            }
        }

        return faces;
    }

    private void CollectMaps(InferenceOutputs outputs, in InputPlacement placement, CandidateList candidates)
    {
        float threshold = Logistic.Inverse(scoreThreshold);
        for (int level = 0; level < _strides.Length; level++)
        {
            var map = outputs[level];
            var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _strides[level], perCell: 1);
            var scores = map.Slice(ScoreChannel * grid.Count, grid.Count);
            for (int i = 0; i < scores.Length; i++)
            {
                if (scores[i] >= threshold)
                {
                    var (column, row, _) = grid.Locate(i);
                    float x = (column + 0.5f) * grid.Stride;
                    float y = (row + 0.5f) * grid.Stride;
                    float left = Math.Max(0, x - (Distance(map, grid.Count, 0, i) * grid.Stride)); // as the reference, which knows nothing beyond its input
                    float top = Math.Max(0, y - (Distance(map, grid.Count, 1, i) * grid.Stride));
                    float right = x + (Distance(map, grid.Count, 2, i) * grid.Stride);
                    float bottom = y + (Distance(map, grid.Count, 3, i) * grid.Stride);
                    candidates.Add(placement.ToFrame(left, top, right, bottom), Logistic.Of(scores[i]), level, i);
                }
            }
        }
    }

    /// <summary>The mean of the distribution of one side's distance (Li et al., Generalized Focal Loss, 2020), in cells.</summary>
    private static float Distance(ReadOnlySpan<float> map, int cells, int side, int cell)
    {
        Span<float> logits = stackalloc float[Bins];
        float highest = float.NegativeInfinity;
        for (int bin = 0; bin < Bins; bin++)
        {
            logits[bin] = map[(((side * Bins) + bin) * cells) + cell];
            highest = Math.Max(highest, logits[bin]);
        }

        float total = 0;
        float sum = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            float weight = MathF.Exp(logits[bin] - highest);
            total += weight;
            sum += weight * bin;
        }

        return sum / total;
    }

    private static Vector2[] MapPoints(InferenceOutputs outputs, in InputPlacement placement, in Candidate candidate)
    {
        var map = outputs[candidate.Level];
        var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _strides[candidate.Level], perCell: 1);
        var (column, row, _) = grid.Locate(candidate.Anchor);
        var points = new Vector2[Points];
        for (int i = 0; i < Points; i++)
        {
            int channel = PointChannel + (PointNumbers * i);
            float x = map[(channel * grid.Count) + candidate.Anchor];
            float y = map[((channel + 1) * grid.Count) + candidate.Anchor];
            points[i] = placement.ToFrame(((2 * x) + column) * grid.Stride, ((2 * y) + row) * grid.Stride);
        }

        return points;
    }

    private void CollectDecoded(ReadOnlySpan<float> map, in InputPlacement placement, CandidateList candidates)
    {
        int anchors = DecodedAnchors(placement);
        var scores = map.Slice(DecodedScoreChannel * anchors, anchors);
        for (int i = 0; i < anchors; i++)
        {
            if (scores[i] >= scoreThreshold)
            {
                float x = map[i];
                float y = map[anchors + i];
                float halfWidth = map[(2 * anchors) + i] / 2;
                float halfHeight = map[(3 * anchors) + i] / 2;
                candidates.Add(placement.ToFrame(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight), scores[i], level: 0, i);
            }
        }
    }

    private static Vector2[] DecodedPoints(ReadOnlySpan<float> map, in InputPlacement placement, in Candidate candidate)
    {
        int anchors = DecodedAnchors(placement);
        if (map.Length < (DecodedPointChannel + (Points * PointNumbers)) * anchors)
        {
            return [];
        }

        var points = new Vector2[Points];
        for (int i = 0; i < Points; i++)
        {
            int channel = DecodedPointChannel + (PointNumbers * i);
            points[i] = placement.ToFrame(map[(channel * anchors) + candidate.Anchor], map[((channel + 1) * anchors) + candidate.Anchor]);
        }

        return points;
    }

    private static int DecodedAnchors(in InputPlacement placement)
    {
        int anchors = 0;
        foreach (int stride in _strides)
        {
            anchors += AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, stride, perCell: 1).Count;
        }

        return anchors;
    }
}
