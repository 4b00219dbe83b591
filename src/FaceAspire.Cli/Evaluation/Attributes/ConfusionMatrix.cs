namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>How often each class was told for each.</summary>
internal sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    /// <summary>Counts labels and answers.</summary>
    /// <param name="classes">Every class that a label or an answer may be.</param>
    /// <param name="answers">Labels, and what was told.</param>
    public ConfusionMatrix(IReadOnlyList<string> classes, IEnumerable<(string Label, string Told)> answers)
    {
        Classes = classes;
        _counts = new int[classes.Count, classes.Count];
        var places = classes.Index().ToDictionary(static one => one.Item, static one => one.Index, StringComparer.Ordinal);
        foreach (var (label, told) in answers)
        {
            _counts[places[label], places[told]]++;
        }
    }

    /// <summary>The classes, in the order of the places.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>How many faces there are.</summary>
    public int Count => Enumerable.Range(0, Classes.Count).Sum(CountOf);

    /// <summary>Share of right answers, 0 to 1; null without faces.</summary>
    public double? Accuracy => Share(Enumerable.Range(0, Classes.Count).Sum(label => _counts[label, label]), Count);

    /// <summary>Mean of the recalls of the classes that occur, 0 to 1: no class counts more for being frequent. Null without faces.</summary>
    public double? BalancedAccuracy => Enumerable.Range(0, Classes.Count).Average(Recall);

    /// <summary>How often a class was told for faces of another, or the same.</summary>
    public int this[int label, int told] => _counts[label, told];

    /// <summary>How many faces are labelled with a class.</summary>
    public int CountOf(int label) => Enumerable.Range(0, Classes.Count).Sum(told => _counts[label, told]);

    /// <summary>Share of a class's faces that were told right, 0 to 1; null when it has none.</summary>
    public double? Recall(int label) => Share(_counts[label, label], CountOf(label));

    private static double? Share(int part, int all) => all == 0 ? null : part / (double)all;
}
