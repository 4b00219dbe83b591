namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>The age of a labelled face, in years: exact where both ends are one, else a range whose ends belong to it.</summary>
internal readonly record struct AgeLabel(float Min, float Max)
{
    private static readonly int[] _bandStarts = [0, 3, 10, 20, 30, 40, 50, 60, 70];

    /// <summary>FairFace's bands of age, from the youngest.</summary>
    public static IReadOnlyList<string> Bands { get; } =
        [.. _bandStarts.Select(static (start, i) => i + 1 < _bandStarts.Length ? $"{start}-{_bandStarts[i + 1] - 1}" : $"{start}+")];

    /// <summary>Whether the age is known, not only its range.</summary>
    public bool IsExact => Min == Max;

    /// <summary>The band that the age, or the middle of its range, lies in.</summary>
    public string Band
    {
        get
        {
            float age = (Min + Max) / 2;
            return Bands[Array.FindLastIndex(_bandStarts, start => start <= age)];
        }
    }

    /// <summary>How many years an answer is off: from the age, or from the nearer end of a range that it does not lie in.</summary>
    public double ErrorOf(int told) => Math.Max(0, Math.Max(Min - told, told - Max));
}
