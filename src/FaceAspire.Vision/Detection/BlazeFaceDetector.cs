using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>BlazeFace (Bazarevsky et al., 2019), MediaPipe's detector for faces near the camera: 128×128 pixels, faces that overlap are averaged.</summary>
/// <remarks>Of its six points the two eyes are given: the others are the nose, one point for the mouth and the ears, which are not the five of <see cref="DetectedFace"/>.</remarks>
/// <param name="sessions">Session of a network with the outputs regressors (16 numbers for each of 896 anchors) and classificators (their scores before the sigmoid).</param>
/// <param name="input">Its size and channels.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class BlazeFaceDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold)
    : NetworkDetector(sessions, input)
{
    private const int MaxCandidates = 896; // there are no more anchors
    private const int Numbers = 16;        // a box, then six points
    private const int FirstPoint = 4;

    // Cells of 8 pixels with two anchors, of 16 pixels with six; an anchor is the middle of its cell.
    private static readonly (int Stride, int PerCell)[] _levels = [(8, 2), (16, 6)];

    private readonly DetectorNetwork _deepFaceNetwork = new(sessions, input with { Color = ColorOrder.Bgr }); // DeepFace passes BGR as if it were RGB

    private protected override Interpolation Interpolation => Interpolation.Area;

    /// <inheritdoc/>
    /// <remarks>DeepFace mistakes the order of the colours, and truncates every number.</remarks>
    public override IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken) =>
        WholePixels.Apply(Detect(_deepFaceNetwork, frame, cancellationToken), WholePixels.Truncate);

    private protected override InputPlacement Place(in DetectorFrame frame) => InputPlacement.CenteredRounded(frame, InputWidth, InputHeight);

    private protected override List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        var regressors = outputs["regressors"];
        var scores = outputs["classificators"];
        int first = 0;
        for (int level = 0; level < _levels.Length; level++)
        {
            var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _levels[level].Stride, _levels[level].PerCell);
            for (int i = 0; i < grid.Count; i++)
            {
                float score = Logistic.Of(scores[first + i]);
                if (score >= scoreThreshold)
                {
                    var anchor = Anchor(grid, i);
                    var box = regressors.Slice(Numbers * (first + i), 4);
                    float x = box[0] + anchor.X;
                    float y = box[1] + anchor.Y;
                    candidates.Add(placement.ToFrame(x - (box[2] / 2), y - (box[3] / 2), x + (box[2] / 2), y + (box[3] / 2)), score, level, first + i);
                }
            }

            first += grid.Count;
        }

        return Merge(candidates.Sort(MaxCandidates), regressors, placement);
    }

    /// <summary>MediaPipe's weighted suppression: the best face and all that overlap it become their mean, weighted by their scores; its score is the mean of theirs.</summary>
    private List<DetectedFace> Merge(ReadOnlySpan<Candidate> sorted, ReadOnlySpan<float> regressors, in InputPlacement placement)
    {
        List<DetectedFace> faces = [];
        Span<bool> merged = stackalloc bool[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            if (merged[i])
            {
                continue;
            }

            var corner = Vector2.Zero;
            var size = Vector2.Zero;
            var rightEye = Vector2.Zero;
            var leftEye = Vector2.Zero;
            float total = 0;
            int count = 0;
            for (int k = i; k < sorted.Length; k++)
            {
                if (!merged[k] && (k == i || sorted[i].Box.Iou(sorted[k].Box) > overlapThreshold))
                {
                    merged[k] = true;
                    var (box, score, level, index) = sorted[k];
                    corner += new Vector2(box.X, box.Y) * score;
                    size += new Vector2(box.Width, box.Height) * score;
                    rightEye += Point(regressors, placement, level, index, 0) * score;
                    leftEye += Point(regressors, placement, level, index, 1) * score;
                    total += score;
                    count++;
                }
            }

            (corner, size) = (corner / total, size / total);
            faces.Add(new(new(corner.X, corner.Y, size.X, size.Y), [rightEye / total, leftEye / total], total / count));
        }

        faces.Sort(static (a, b) => b.Confidence.CompareTo(a.Confidence));
        return faces;
    }

    private static Vector2 Point(ReadOnlySpan<float> regressors, in InputPlacement placement, int level, int index, int point)
    {
        int first = 0;
        for (int i = 0; i < level; i++)
        {
            first += AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _levels[i].Stride, _levels[i].PerCell).Count;
        }

        var grid = AnchorGrid.Over(placement.CanvasWidth, placement.CanvasHeight, _levels[level].Stride, _levels[level].PerCell);
        var anchor = Anchor(grid, index - first);
        int at = (Numbers * index) + FirstPoint + (2 * point);
        return placement.ToFrame(regressors[at] + anchor.X, regressors[at + 1] + anchor.Y);
    }

    private static Vector2 Anchor(in AnchorGrid grid, int anchor)
    {
        var (column, row, _) = grid.Locate(anchor);
        return new((column + 0.5f) * grid.Stride, (row + 0.5f) * grid.Stride);
    }
}
