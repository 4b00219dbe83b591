using FaceAspire.Contracts.Names;

namespace FaceAspire.Vision.Attributes;

/// <summary>A network's class probabilities as DeepFace answers them: its class names, its order, percentages that sum to 100.</summary>
public static class ClassPercentages
{
    /// <summary>Percentages of an action's classes.</summary>
    /// <param name="action">Gender, emotion or race.</param>
    /// <param name="probabilities">The network's output, not negative.</param>
    /// <param name="networkClasses">What each number stands for: DeepFace's names in the network's order, and perhaps <see cref="DeepFaceClasses.OtherRace"/>.</param>
    public static IReadOnlyDictionary<string, double> Of(AttributeAction action, ReadOnlySpan<float> probabilities, IReadOnlyList<string> networkClasses)
    {
        if (probabilities.Length != networkClasses.Count)
        {
            throw new ArgumentException($"{probabilities.Length} numbers for {networkClasses.Count} classes.", nameof(probabilities));
        }

        var classes = DeepFaceClasses.Of(action);
        var shares = new Dictionary<string, double>(classes.Count);
        foreach (string name in classes)
        {
            shares.Add(name, 0);
        }

        double sum = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i];
            if (networkClasses[i] != DeepFaceClasses.OtherRace)
            {
                shares[networkClasses[i]] = probabilities[i];
                continue;
            }

            var missing = classes.Except(networkClasses).ToList();
            foreach (string name in missing)
            {
                shares[name] = probabilities[i] / (double)missing.Count;
            }
        }

        foreach (string name in classes)
        {
            shares[name] = sum > 0 ? 100 * shares[name] / sum : 100.0 / classes.Count;
        }

        return shares;
    }

    /// <summary>The class with the largest share; the first of equals.</summary>
    public static string Dominant(IReadOnlyDictionary<string, double> percentages) => percentages.MaxBy(static share => share.Value).Key;
}
