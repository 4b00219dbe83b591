namespace FaceAspire.Vision.Attributes;

/// <summary>An age as DeepFace answers it.</summary>
public static class ApparentAge
{
    /// <summary>Whole years, truncated and not negative.</summary>
    /// <param name="years">The network's output: one number, in years.</param>
    public static int Of(ReadOnlySpan<float> years) => Math.Max(0, (int)years[0]);
}
