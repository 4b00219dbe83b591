using System.Numerics;
using System.Text.Json;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Vision.Tests.Fixtures;

/// <summary>Reads reference outputs.</summary>
internal static class Golden
{
    public static Vector2 Point(JsonElement point) => new(point[0].GetSingle(), point[1].GetSingle());

    public static Vector2[] Points(JsonElement points) => [.. points.EnumerateArray().Select(Point)];

    public static Embedding Embedding(JsonElement numbers) => new(numbers.EnumerateArray().Select(static number => number.GetSingle()).ToArray());

    public static double Cosine(Embedding a, Embedding b) => 1 - EmbeddingDistance.Between(a, b, DistanceMetric.Cosine);

    /// <summary>The 300 labelled pairs.</summary>
    public static IReadOnlyList<(string First, string Second, bool Same)> Pairs() =>
    [
        .. File.ReadLines(SharedMaterial.File("images", "pairs.csv"))
            .Skip(1)
            .Select(static line => line.Split(','))
            .Select(static cells => (cells[0], cells[1], bool.Parse(cells[2]))),
    ];

    /// <summary>Share of the channel values that differ by at most <paramref name="levels"/>.</summary>
    public static double ShareWithin(PixelBuffer actual, PixelBuffer expected, int levels)
    {
        (actual.Width, actual.Height).ShouldBe((expected.Width, expected.Height));
        int within = 0;
        for (int i = 0; i < actual.Pixels.Length; i++)
        {
            within += Math.Abs(actual.Pixels[i] - expected.Pixels[i]) <= levels ? 1 : 0;
        }

        return within / (double)actual.Pixels.Length;
    }
}
