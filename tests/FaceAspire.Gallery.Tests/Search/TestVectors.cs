using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests.Search;

/// <summary>Vectors of the kinds that galleries hold and of those that they should not, and the answer that a search must give, found by comparing all.</summary>
internal static class TestVectors
{
    /// <summary>Kinds of <see cref="Make"/>.</summary>
    public static IEnumerable<string> Kinds => ["random", "clustered", "duplicated", "zeros", "tiny", "huge", "mixed", "one-hot"];

    /// <summary>So many vectors of one kind, the same for one seed.</summary>
    public static float[][] Make(string kind, int count, int dimension, int seed)
    {
        Random random = new(seed);
        float[][] centres = [.. Enumerable.Range(0, 5).Select(_ => Gaussian(random, dimension, 1))];
        return [.. Enumerable.Range(0, count).Select(index => kind switch
        {
            "random" => Gaussian(random, dimension, 1),
            "clustered" => Sum(centres[index % centres.Length], Gaussian(random, dimension, 0.02)),
            "duplicated" => [.. centres[index % centres.Length]],
            "zeros" => index % 3 == 0 ? new float[dimension] : Gaussian(random, dimension, 1),
            "tiny" => Gaussian(random, dimension, index % 2 == 0 ? 1e-10 : 1e-40),
            "huge" => Gaussian(random, dimension, 1e37),
            "mixed" => Gaussian(random, dimension, Math.Pow(10, random.Next(-40, 37))),
            "one-hot" => OneHot(random, dimension),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        })];
    }

    /// <summary>A vector of independent normal numbers.</summary>
    public static float[] Gaussian(Random random, int dimension, double scale)
    {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++)
        {
            vector[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) * scale);
        }

        return vector;
    }

    /// <summary>What comparing every vector gives: rows by distance before rounding, then by face.</summary>
    public static List<VectorHit> Compare(IEnumerable<(int Row, long Face, long Subject, float[] Vector)> rows, Embedding probe, VectorSearch search) =>
    [
        .. rows
            .Where(row => search.IsWanted?.Invoke(row.Face, row.Subject) != false)
            .Select(row => (row.Row, row.Face, row.Subject, Distance: EmbeddingDistance.Unrounded(probe.Values.Span, row.Vector, search.Metric)))
            .Where(row => EmbeddingDistance.Round(row.Distance) <= search.MaxDistance)
            .OrderBy(row => row.Distance).ThenBy(row => row.Face)
            .Take(search.TopK)
            .Select(row => new VectorHit(row.Row, row.Face, row.Subject, EmbeddingDistance.Round(row.Distance))),
    ];

    private static float[] OneHot(Random random, int dimension)
    {
        float[] vector = new float[dimension];
        vector[random.Next(dimension)] = random.Next(2) == 0 ? 1 : -2;
        return vector;
    }

    private static float[] Sum(float[] a, float[] b) => [.. a.Zip(b, static (x, y) => x + y)];
}
