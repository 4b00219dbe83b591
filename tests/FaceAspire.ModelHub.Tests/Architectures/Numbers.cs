namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>Inputs of networks, and how far outputs may lie apart.</summary>
internal static class Numbers
{
    private const double Tolerance = 1e-4; // of the largest value: single precision against double

    /// <summary>Numbers between 0 and 1.</summary>
    public static float[] Random(int count)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    /// <summary>Fails unless the values agree, and say something.</summary>
    public static void ShouldAgreeWith(this float[] actual, double[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        double largest = 0, smallest = double.MaxValue, difference = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            smallest = Math.Min(smallest, expected[i]);
            difference = Math.Max(difference, Math.Abs(actual[i] - expected[i]));
        }

        largest.ShouldBeInRange(1e-3, 1e4);
        smallest.ShouldBeLessThan(largest);
        TestContext.Current.TestOutputHelper?.WriteLine($"largest {largest:G4}, apart by {difference / largest:G3} of it");
        (difference / largest).ShouldBeLessThan(Tolerance);
    }
}
