using FaceAspire.Vision.Recognition;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>What share of true pairs is accepted at what share of false ones, over all thresholds.</summary>
internal sealed class RocCurve
{
    private readonly double[] _same;
    private readonly double[] _strangers;

    /// <summary>Takes the distances of pairs of one person and of two.</summary>
    /// <exception cref="CommandException">One of the kinds is missing.</exception>
    public RocCurve(IEnumerable<double> same, IEnumerable<double> strangers)
    {
        _same = [.. same.Order()];
        _strangers = [.. strangers.Order()];
        if (_same.Length == 0 || _strangers.Length == 0)
        {
            throw new CommandException("Pairs of one person and pairs of two people are needed; one kind is missing.");
        }
    }

    /// <summary>Number of pairs of one person.</summary>
    public int SameCount => _same.Length;

    /// <summary>Number of pairs of two people.</summary>
    public int StrangerCount => _strangers.Length;

    /// <summary>Probability that a pair of one person is nearer than one of two; ties count one half.</summary>
    public double Area => _same.Sum(distance => Above(distance)) / ((double)_same.Length * _strangers.Length);

    /// <summary>Share of pairs judged rightly at a threshold, 0 to 1.</summary>
    public double Accuracy(double threshold) =>
        (CountUpTo(_same, threshold) + _strangers.Length - CountUpTo(_strangers, threshold)) / (double)(_same.Length + _strangers.Length);

    /// <summary>Share of pairs judged rightly at a threshold where each kind of pairs weighs one half, however many there are of it.</summary>
    public double BalancedAccuracy(double threshold) => (1 + TrueMatchRate(threshold) - FalseMatchRate(threshold)) / 2;

    /// <summary>The threshold of the best <see cref="BalancedAccuracy"/>, the strictest of them.</summary>
    public double BestThreshold() => _same.Distinct().MaxBy(BalancedAccuracy); // between two of them only false matches are added

    /// <summary>Share of true pairs accepted at a threshold, 0 to 1.</summary>
    public double TrueMatchRate(double threshold) => CountUpTo(_same, threshold) / (double)_same.Length;

    /// <summary>Share of false pairs accepted at a threshold, 0 to 1.</summary>
    public double FalseMatchRate(double threshold) => CountUpTo(_strangers, threshold) / (double)_strangers.Length;

    /// <summary>The largest threshold that accepts at most the given share of false pairs, above 0 and below 1; null when there are too few of them to show one.</summary>
    public double? ThresholdAt(double falseMatchRate) =>
        _strangers.Length * falseMatchRate < 1 ? null : FalseMatchThreshold.Choose(_strangers, falseMatchRate);

    /// <summary>False and true match rate at every threshold where one of them changes, from the strictest.</summary>
    public IEnumerable<(double FalseMatchRate, double TrueMatchRate)> Points() =>
        _same.Concat(_strangers).Distinct().Order().Select(threshold => (FalseMatchRate(threshold), TrueMatchRate(threshold)));

    private double Above(double distance)
    {
        int below = CountBelow(_strangers, distance);
        int upTo = CountUpTo(_strangers, distance);
        return _strangers.Length - upTo + ((upTo - below) / 2.0);
    }

    private static int CountBelow(double[] sorted, double value) => CountUpTo(sorted, Math.BitDecrement(value));

    private static int CountUpTo(double[] sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] <= value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
