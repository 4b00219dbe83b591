namespace FaceAspire.Vision.Attributes;

/// <summary>An age as DeepFace answers it.</summary>
public static class ApparentAge
{
    /// <summary>Whole years, truncated and not negative.</summary>
    /// <param name="output">The network's output: one number, in years; or the probability of every year from 0 on, whose mean is the age.</param>
    public static int Of(ReadOnlySpan<float> output) => Math.Max(0, (int)(output.Length == 1 ? output[0] : Mean(output)));

    // In double precision, as numpy multiplies single precision with whole numbers.
    private static double Mean(ReadOnlySpan<float> probabilities)
    {
        double years = 0;
        for (int year = 0; year < probabilities.Length; year++)
        {
            years += (double)probabilities[year] * year;
        }

        return years;
    }
}
