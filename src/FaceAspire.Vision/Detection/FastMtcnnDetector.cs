using System.Numerics;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>MTCNN as the PyTorch package <c>facenet-pytorch</c> does it: DeepFace's <c>fastmtcnn</c>.</summary>
/// <param name="proposals">Sessions of P-Net.</param>
/// <param name="refinement">Sessions of R-Net.</param>
/// <param name="output">Sessions of O-Net.</param>
/// <param name="scoreThreshold">Lowest score of the last network that counts as a face.</param>
/// <param name="overlapThreshold">Largest part of the smaller of two faces that they share.</param>
public sealed class FastMtcnnDetector(
    InferenceSessionPool proposals, InferenceSessionPool refinement, InferenceSessionPool output, float scoreThreshold, float overlapThreshold)
    : MtcnnCascade(proposals, refinement, output, scoreThreshold, overlapThreshold)
{
    private protected override (CascadeSuppression ByUnion, CascadeSuppression BySmaller) Suppressions =>
        (new(BySmaller: false, Border: 0, ByGone: false), new(BySmaller: true, Border: 1, ByGone: false));

    private protected override AreaPooling Pooling => new(Fractional: false, Mean, Scale);

    private protected override bool MovesFirst => false;

    private protected override int LevelCount(int shorterSide)
    {
        int count = 0;
        for (double side = shorterSide * (Cell / SmallestFace); side >= Cell; side *= Factor)
        {
            count++;
        }

        return count;
    }

    private protected override int LevelSide(int side, double scale) => (int)((side * scale) + 1);

    private protected override CascadeBox Proposal(Vector2 start, Vector4 offsets, float scale) =>
        new(Floor(new Vector4(start.X + 1, start.Y + 1, start.X + Cell, start.Y + Cell) / scale), offsets, 0, 0);

    private protected override CascadeBox Settle(CascadeBox proposal) => proposal.Moved(border: 0);

    private protected override bool Cut(PixelBuffer image, Vector4 corners, int side, Span<float> tensor)
    {
        // Edges count from 1, as in the Matlab that this came from; a conversion of what is no number or too large saturates.
        int left = Math.Max((int)corners.X, 1) - 1;
        int top = Math.Max((int)corners.Y, 1) - 1;
        int right = Math.Min((int)corners.Z, image.Width);
        int bottom = Math.Min((int)corners.W, image.Height);
        if (right <= left || bottom <= top)
        {
            return false;
        }

        Pooling.Pool(image, new(left, top, right - left, bottom - top), side, side, new(0, 0, side, side), tensor);
        return true;
    }

    private protected override void Order(List<DetectedFace> faces) => faces.Sort(static (a, b) => b.Box.Area.CompareTo(a.Box.Area));

    /// <remarks>Everything is truncated once.</remarks>
    private protected override DetectedFace Report(DetectedFace face, int width, int height) => face.Map(static value => (int)value, static value => (int)value);

    private static Vector4 Floor(Vector4 value) => new(MathF.Floor(value.X), MathF.Floor(value.Y), MathF.Floor(value.Z), MathF.Floor(value.W));
}
