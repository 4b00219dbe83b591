using System.Numerics.Tensors;

namespace FaceAspire.Vision.Liveness;

/// <summary>Whether a face is that of a person before the camera, not of a print or a screen.</summary>
/// <param name="IsReal">The verdict.</param>
/// <param name="Score">How sure it is, whichever way it went: 0 to 1.</param>
public readonly record struct LivenessVerdict(bool IsReal, double Score)
{
    /// <summary>Classes of each network: a print, a person, a screen.</summary>
    internal const int Classes = 3;

    private const int Person = 1;

    /// <summary>The verdict of several networks together: their probabilities are added, and the largest sum decides, as in Silent-Face-Anti-Spoofing and DeepFace.</summary>
    /// <param name="logits">Their outputs one after the other, <see cref="Classes"/> numbers each, before the softmax.</param>
    internal static LivenessVerdict Of(ReadOnlySpan<float> logits)
    {
        Span<float> sums = stackalloc float[Classes];
        Span<float> probabilities = stackalloc float[Classes];
        sums.Clear();
        int networks = logits.Length / Classes;
        for (int i = 0; i < networks; i++)
        {
            TensorPrimitives.SoftMax(logits.Slice(i * Classes, Classes), probabilities);
            TensorPrimitives.Add(sums, probabilities, sums);
        }

        int verdict = TensorPrimitives.IndexOfMax<float>(sums);
        return new(verdict == Person, sums[verdict] / networks);
    }
}
