using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>The distances of labelled pairs.</summary>
/// <param name="Distances">Of the pairs in the file's order, those without a face left out.</param>
/// <param name="WithoutFace">Pictures in which no face was found.</param>
internal sealed record PairEvaluation(IReadOnlyList<(double Distance, bool Same)> Distances, IReadOnlyList<string> WithoutFace)
{
    private const int Folds = 10;

    private RocCurve? _curve;

    /// <summary>Over all pairs with two faces.</summary>
    /// <exception cref="CommandException">There are none of one kind.</exception>
    public RocCurve Curve => _curve ??= CurveOf(Distances);

    /// <summary>Whether there are pairs of both kinds, without which there is no curve.</summary>
    public bool HasCurve => Distances.Any(static pair => pair.Same) && Distances.Any(static pair => !pair.Same);

    /// <summary>Embeds every picture once with every recogniser and measures every pair; an evaluation for each recogniser, in their order.</summary>
    /// <exception cref="CommandException">A picture cannot be read, or a model is missing.</exception>
    public static IReadOnlyList<PairEvaluation> Run(
        RecognitionPipeline pipeline, FileInfo file, IReadOnlyList<LabelledPair> pairs, DistanceMetric metric, CancellationToken cancellationToken)
    {
        var embeddings = pipeline.Embed(file, pairs.SelectMany(static pair => new[] { pair.File1, pair.File2 }), cancellationToken);
        return [.. Enumerable.Range(0, pipeline.Recognisers.Count).Select(recogniser => Of(embeddings, recogniser, pairs, metric, cancellationToken))];
    }

    /// <summary>LFW's protocol: ten parts, each judged at the threshold that is best on the other nine. Mean of the ten, 0 to 1; null for fewer than ten pairs of a kind.</summary>
    public double? CrossValidatedAccuracy()
    {
        if (Curve.SameCount < Folds || Curve.StrangerCount < Folds)
        {
            return null;
        }

        var parts = Enumerable.Range(0, Folds).Select(_ => new List<(double Distance, bool Same)>()).ToArray();
        foreach (var kind in Distances.GroupBy(static pair => pair.Same))
        {
            int number = 0;
            foreach (var pair in kind)
            {
                parts[number++ % Folds].Add(pair);
            }
        }

        return parts.Average(part =>
        {
            var others = parts.Where(other => other != part).SelectMany(static other => other).ToList();
            double best = others.Select(static pair => pair.Distance).Distinct().MaxBy(CurveOf(others).Accuracy);
            return part.Count(pair => pair.Distance <= best == pair.Same) / (double)part.Count;
        });
    }

    private static PairEvaluation Of(
        IReadOnlyDictionary<string, Embedding?[]> embeddings, int recogniser, IReadOnlyList<LabelledPair> pairs, DistanceMetric metric, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<(double, bool)> distances = [];
        foreach (var pair in pairs)
        {
            if (embeddings[pair.File1][recogniser] is { } first && embeddings[pair.File2][recogniser] is { } second)
            {
                distances.Add((EmbeddingDistance.Between(first, second, metric), pair.Same));
            }
        }

        return new(distances, [.. embeddings.Where(one => one.Value[recogniser] is null).Select(static one => one.Key).Order(StringComparer.Ordinal)]);
    }

    private static RocCurve CurveOf(IReadOnlyList<(double Distance, bool Same)> distances) => new(
        distances.Where(static pair => pair.Same).Select(static pair => pair.Distance),
        distances.Where(static pair => !pair.Same).Select(static pair => pair.Distance));
}
