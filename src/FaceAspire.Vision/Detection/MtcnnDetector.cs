using System.Numerics;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>MTCNN as the TensorFlow package <c>mtcnn</c> 1.0 does it: DeepFace's <c>mtcnn</c>.</summary>
/// <param name="proposals">Sessions of P-Net.</param>
/// <param name="refinement">Sessions of R-Net.</param>
/// <param name="output">Sessions of O-Net.</param>
/// <param name="scoreThreshold">Lowest score of the last network that counts as a face.</param>
/// <param name="overlapThreshold">Largest part of the smaller of two faces that they share.</param>
public sealed class MtcnnDetector(
    InferenceSessionPool proposals, InferenceSessionPool refinement, InferenceSessionPool output, float scoreThreshold, float overlapThreshold)
    : MtcnnCascade(proposals, refinement, output, scoreThreshold, overlapThreshold)
{
    private protected override (CascadeSuppression ByUnion, CascadeSuppression BySmaller) Suppressions =>
        (new(BySmaller: false, Border: 0, ByGone: true), new(BySmaller: true, Border: 0, ByGone: true));

    private protected override AreaPooling Pooling => new(Fractional: true, Mean, Scale);

    private protected override bool MovesFirst => true;

    private protected override int LevelCount(int shorterSide) =>
        Math.Max(0, (int)Math.Round(-((Math.Log(shorterSide / (double)Cell) / Math.Log(Factor)) + 1)));

    private protected override int LevelSide(int side, double scale) => (int)(side * scale);

    private protected override CascadeBox Proposal(Vector2 start, Vector4 offsets, float scale)
    {
        var box = new CascadeBox(new(start.X + 1, start.Y + 1, start.X + Cell, start.Y + Cell), offsets, 0, 0).Moved(border: 0);
        return box with { Corners = box.Corners / scale };
    }

    private protected override CascadeBox Settle(CascadeBox proposal) => proposal;

    private protected override bool Cut(PixelBuffer image, Vector4 corners, int side, Span<float> tensor)
    {
        // Edges in parts of the width and height, which the cutting then takes for parts of the last column and row.
        var size = new Vector4(image.Width, image.Height, image.Width, image.Height);
        new BilinearPatch(Mean, Scale).Cut(image, corners / size, side, tensor);
        return true;
    }

    /// <remarks>Edges are brought into the picture; then everything is rounded, half to even, the sides apart from the edges.</remarks>
    private protected override DetectedFace Report(DetectedFace face, int width, int height)
    {
        float left = Math.Clamp(face.Box.X, 0, width - 1);
        float top = Math.Clamp(face.Box.Y, 0, height - 1);
        var box = new FaceBox(left, top, Math.Clamp(face.Box.Right, 0, width - 1) - left, Math.Clamp(face.Box.Bottom, 0, height - 1) - top);
        return (face with { Box = box }).Map(MathF.Round, MathF.Round);
    }
}
