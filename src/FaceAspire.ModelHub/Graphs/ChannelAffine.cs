using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Graphs;

/// <summary>scale·x + shift for each channel: what a batch normalization is once it is trained.</summary>
/// <param name="Scale">One number a channel.</param>
/// <param name="Shift">One number a channel.</param>
public sealed record ChannelAffine(float[] Scale, float[] Shift)
{
    /// <summary>Channels.</summary>
    public int Count => Scale.Length;

    /// <summary>gamma·(x − mean) / √(variance + epsilon) + beta, worked out in double precision.</summary>
    /// <param name="gamma">Null for 1.</param>
    /// <param name="beta">Null for 0.</param>
    /// <param name="mean">The running mean.</param>
    /// <param name="variance">The running variance.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public static ChannelAffine BatchNormalization(WeightTensor? gamma, WeightTensor? beta, WeightTensor mean, WeightTensor variance, double epsilon)
    {
        float[] means = mean.ToArray();
        float[] variances = variance.Of(means.Length).ToArray();
        float[]? gammas = gamma?.Of(means.Length).ToArray();
        float[]? betas = beta?.Of(means.Length).ToArray();
        float[] scale = new float[means.Length];
        float[] shift = new float[means.Length];
        for (int channel = 0; channel < means.Length; channel++)
        {
            double factor = (gammas?[channel] ?? 1) / Math.Sqrt(variances[channel] + epsilon);
            scale[channel] = (float)factor;
            shift[channel] = (float)((betas?[channel] ?? 0) - (means[channel] * factor));
        }

        return new(scale, shift);
    }

    /// <summary>What the two give one after the other.</summary>
    public ChannelAffine Then(ChannelAffine next) => new(
        [.. Scale.Zip(next.Scale, static (first, second) => first * second)],
        [.. Shift.Zip(next.Scale, static (shift, scale) => shift * scale).Zip(next.Shift, static (product, shift) => product + shift)]);
}
