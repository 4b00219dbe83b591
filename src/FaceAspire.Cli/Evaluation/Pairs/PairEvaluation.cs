using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>The distances of labelled pairs.</summary>
/// <param name="Distances">Of the pairs in the file's order, those without a face left out.</param>
/// <param name="WithoutFace">Pictures in which no face was found.</param>
internal sealed record PairEvaluation(IReadOnlyList<(double Distance, bool Same)> Distances, IReadOnlyList<string> WithoutFace)
{
    private const int Folds = 10;

    /// <summary>Over all pairs.</summary>
    public RocCurve Curve { get; } = CurveOf(Distances);

    /// <summary>Embeds every picture once and measures every pair.</summary>
    /// <exception cref="CommandException">The file of pairs or a picture cannot be read.</exception>
    public static PairEvaluation Run(RecognitionPipeline pipeline, FileInfo file, DistanceMetric metric, CancellationToken cancellationToken)
    {
        var pairs = LabelledPair.Read(file);
        var embeddings = LabelledPictures.Measure(
            file,
            pairs.SelectMany(static pair => new[] { pair.File1, pair.File2 }),
            (_, picture) => pipeline.Embed(picture, cancellationToken),
            cancellationToken);
        List<(double, bool)> distances = [];
        foreach (var pair in pairs)
        {
            if (embeddings[pair.File1] is { } first && embeddings[pair.File2] is { } second)
            {
                distances.Add((EmbeddingDistance.Between(first, second, metric), pair.Same));
            }
        }

        return new(distances, [.. embeddings.Where(static one => one.Value is null).Select(static one => one.Key).Order(StringComparer.Ordinal)]);
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

    private static RocCurve CurveOf(IReadOnlyList<(double Distance, bool Same)> distances) => new(
        distances.Where(static pair => pair.Same).Select(static pair => pair.Distance),
        distances.Where(static pair => !pair.Same).Select(static pair => pair.Distance));
}
