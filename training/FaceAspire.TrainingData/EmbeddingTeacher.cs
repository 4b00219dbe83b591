using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.TrainingData;

/// <summary>A recogniser: the unit embeddings of the crop and of its mirror image, added.</summary>
internal sealed class EmbeddingTeacher(string name, Embedder embedder) : ITeacher
{
    public string Name => name;

    public float[] Tell(PixelBuffer image, DetectedFace face, PixelBuffer crop)
    {
        using var mirrored = Mirror(crop);
        var both = embedder.Embed([crop, mirrored], InputNormalization.Base, CancellationToken.None);
        float[] sum = new float[both[0].Values.Length];
        foreach (var embedding in both)
        {
            float norm = MathF.Sqrt(TensorPrimitives.SumOfSquares(embedding.Values.Span));
            TensorPrimitives.MultiplyAdd(embedding.Values.Span, 1 / norm, sum, sum);
        }

        return sum;
    }

    private static PixelBuffer Mirror(PixelBuffer image)
    {
        var mirrored = new PixelBuffer(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
        {
            var destination = MemoryMarshal.Cast<byte, Rgb>(mirrored.Row(y));
            MemoryMarshal.Cast<byte, Rgb>(image.Row(y)).CopyTo(destination);
            destination.Reverse();
        }

        return mirrored;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Rgb(byte R, byte G, byte B);
}
