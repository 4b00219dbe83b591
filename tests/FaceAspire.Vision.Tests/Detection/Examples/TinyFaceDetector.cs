using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>face-api.js' TinyFaceDetector, a small YOLOv2 (Redmon and Farhadi, CVPR 2017): 13×13 cells with five anchors each, boxes only.</summary>
/// <param name="sessions">Session of a network with one output: for each anchor x, y, width, height and score, each a map of the cells.</param>
/// <param name="input">Its size and channels.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class TinyFaceDetector(InferenceSessionPool sessions, ModelInput input, float scoreThreshold, float overlapThreshold)
    : NetworkDetector(sessions, input)
{
    private const int Stride = 32;
    private const int Numbers = 5; // of an anchor: x, y, width, height, score

    // Sides of the anchors in cells (tinyFaceDetector/const.ts).
    private static readonly (float Width, float Height)[] _anchors =
        [(1.603231f, 2.094468f), (6.041143f, 7.080126f), (2.882459f, 3.518061f), (4.266906f, 5.178857f), (9.041765f, 10.66308f)];

    private protected override Interpolation Interpolation => Interpolation.Area;

    private protected override InputPlacement Place(in DetectorFrame frame) =>
        InputPlacement.CenteredRounded(frame, InputWidth, InputHeight) with { Left = 0, Top = 0 };

    private protected override List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement)
    {
        using var candidates = CandidateList.For(frame);
        var grid = AnchorGrid.Over(InputWidth, InputHeight, Stride, perCell: 1);
        for (int anchor = 0; anchor < _anchors.Length; anchor++)
        {
            var maps = outputs[0].Slice(anchor * Numbers * grid.Count, Numbers * grid.Count);
            for (int cell = 0; cell < grid.Count; cell++)
            {
                float score = Logistic.Of(maps[(4 * grid.Count) + cell]);
                if (score >= scoreThreshold)
                {
                    var (column, row, _) = grid.Locate(cell);
                    float x = (column + Logistic.Of(maps[cell])) * Stride;
                    float y = (row + Logistic.Of(maps[grid.Count + cell])) * Stride;
                    float width = MathF.Exp(maps[(2 * grid.Count) + cell]) * _anchors[anchor].Width * Stride;
                    float height = MathF.Exp(maps[(3 * grid.Count) + cell]) * _anchors[anchor].Height * Stride;
                    candidates.Add(placement.ToFrame(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2)), score, anchor, cell);
                }
            }
        }

        return RelativeBoxes.FacesOf(candidates.Suppress(overlapThreshold));
    }
}
