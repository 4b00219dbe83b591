namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>How far told ages are from labelled ones.</summary>
/// <param name="ExactCount">Faces whose age is known.</param>
/// <param name="MeanAbsoluteError">Of those, in years; null without any.</param>
/// <param name="RangeCount">Faces of whose age a range is known.</param>
/// <param name="InRange">Share of those whose told age lies in the range, 0 to 1; null without any.</param>
/// <param name="MeanDistance">Mean of their distances to the range, in years, those in it with 0; null without any.</param>
internal sealed record AgeErrors(int ExactCount, double? MeanAbsoluteError, int RangeCount, double? InRange, double? MeanDistance)
{
    /// <summary>Measures labels and answers.</summary>
    public static AgeErrors Of(IEnumerable<(AgeLabel Label, int Told)> answers)
    {
        var byKind = answers.ToLookup(static answer => answer.Label.IsExact, static answer => answer.Label.ErrorOf(answer.Told));
        var exact = byKind[true].ToList();
        var ranges = byKind[false].ToList();
        return new(exact.Count, Mean(exact), ranges.Count, Mean(ranges.ConvertAll(static error => error == 0 ? 1.0 : 0)), Mean(ranges));
    }

    private static double? Mean(List<double> numbers) => numbers.Count == 0 ? null : numbers.Average();
}
