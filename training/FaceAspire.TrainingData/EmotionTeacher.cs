using System.Numerics.Tensors;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.TrainingData;

/// <summary>An emotion network: seven probabilities in the order angry, disgust, fear, happy, sad, surprise, neutral.</summary>
internal sealed class EmotionTeacher(InferenceSessionPool sessions) : ITeacher
{
    // Its input is the face box, grown by a fifth to the right and downwards, in 0..1.
    private const int Side = 224;
    private const float Grown = 1.2f;

    private readonly AttributeNetwork _network = new(sessions, new ModelInput(Side, Side, ColorOrder.Rgb, [0, 0, 0], 1 / 255f));

    public string Name => "emotion";

    public float[] Tell(PixelBuffer image, DetectedFace face, PixelBuffer crop)
    {
        var box = face.Box;
        using var cut = PixelRegion.Cut(image, (int)box.X, (int)box.Y, Math.Max(1, (int)(box.Width * Grown)), Math.Max(1, (int)(box.Height * Grown)));
        using var input = Resizer.Resize(cut, Side, Side, Interpolation.Bilinear);
        return _network.Run(
            input,
            static outputs =>
            {
                float[] probabilities = new float[outputs[0].Length];
                TensorPrimitives.SoftMax(outputs[0], probabilities);
                return probabilities;
            },
            CancellationToken.None);
    }
}
