namespace FaceAspire.Vision.Recognition;

/// <summary>Chooses a threshold by how often strangers may be taken for the same person.</summary>
public static class FalseMatchThreshold
{
    /// <summary>The largest threshold at which at most the given share of strangers' distances is accepted.</summary>
    /// <param name="strangers">Distances between faces of different people; sorted when this returns.</param>
    /// <param name="falseMatchRate">Accepted share, 0 to 1, such as 1e-3.</param>
    /// <exception cref="ArgumentException">Fewer than 1 / <paramref name="falseMatchRate"/> distances: too few to see one false match.</exception>
    public static double Choose(Span<double> strangers, double falseMatchRate)
    {
        if (strangers.Length * falseMatchRate < 1)
        {
            throw new ArgumentException($"{strangers.Length} distances cannot show a rate of {falseMatchRate}.", nameof(strangers));
        }

        strangers.Sort();

        // The first stranger that must be refused; the threshold lies just below it.
        return Math.BitDecrement(strangers[(int)(strangers.Length * falseMatchRate)]);
    }
}
