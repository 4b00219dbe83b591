namespace FaceAspire.Vision.Detection;

/// <summary>Scores before and after the logistic function.</summary>
internal static class Logistic
{
    /// <summary>1 / (1 + e⁻ˣ), 0 to 1.</summary>
    public static float Of(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>The x whose <see cref="Of"/> is <paramref name="share"/>: a threshold can be compared before the exponential.</summary>
    /// <param name="share">Between 0 and 1.</param>
    public static float Inverse(float share) => MathF.Log(share / (1 - share));
}
