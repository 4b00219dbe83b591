using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests.Search;

/// <summary>The answer is that of comparing every vector: the same rows in the same order at the same distances.</summary>
public sealed class ExactSearchTests
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string kind in TestVectors.Kinds)
            {
                foreach (int dimension in (int[])[1, 63, 128, 192, 512, 4096])
                {
                    cases.Add(kind, dimension);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Search_EveryMetric_IsWhatComparingAllGives(string kind, int dimension)
    {
        int count = dimension > 512 ? 300 : 3_000;
        float[][] vectors = TestVectors.Make(kind, count, dimension, seed: dimension);
        using var index = Fill(vectors);
        List<Embedding> probes =
        [
            new(vectors[7]),
            new(vectors[count / 2].Select(static value => value * 0.999f).ToArray()),
            new(TestVectors.Gaussian(new(dimension + 1), dimension, 1)),
            new(TestVectors.Make(kind, 12, dimension, seed: dimension + 2)[11]),
            new(new float[dimension]),
        ];
        foreach (var metric in Enum.GetValues<DistanceMetric>())
        {
            foreach (int topK in (int[])[1, 10, 100])
            {
                VectorSearch search = new(metric, topK);
                var found = index.Search(probes, search, TestContext.Current.CancellationToken);
                ShouldBeExact(found, vectors, probes, search);
            }
        }
    }

    [Theory]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.EuclideanL2)]
    [InlineData(DistanceMetric.Angular)]
    public void Search_MoreWantedThanThere_IsEveryRowInOrder(DistanceMetric metric)
    {
        float[][] vectors = TestVectors.Make("random", 700, 63, seed: 3);
        using var index = Fill(vectors);
        List<Embedding> probes = [new(vectors[0])];
        foreach (int topK in (int[])[700, 701, int.MaxValue])
        {
            VectorSearch search = new(metric, topK);
            var found = index.Search(probes, search, TestContext.Current.CancellationToken);
            found[0].Count.ShouldBe(700);
            ShouldBeExact(found, vectors, probes, search);
        }
    }

    [Fact]
    public void Search_LargestDistance_IsComparedAfterRounding()
    {
        float[][] vectors = TestVectors.Make("clustered", 2_000, 128, seed: 4);
        using var index = Fill(vectors);
        List<Embedding> probes = [new(vectors[5]), new(TestVectors.Gaussian(new(8), 128, 1))];
        foreach (var metric in Enum.GetValues<DistanceMetric>())
        {
            var all = TestVectors.Compare(Rows(vectors), probes[0], new(metric, 2_000));
            double[] limits = [all[0].Distance, all[20].Distance, all[399].Distance, all[1_999].Distance, -1, 0, double.PositiveInfinity];
            foreach (double limit in limits)
            {
                VectorSearch search = new(metric, 500, limit);
                ShouldBeExact(index.Search(probes, search, TestContext.Current.CancellationToken), vectors, probes, search);
            }
        }
    }

    [Fact]
    public void Search_Filter_CountsOnlyWhatIsWanted()
    {
        float[][] vectors = TestVectors.Make("random", 5_000, 128, seed: 5);
        using var index = Fill(vectors);
        List<Embedding> probes = [new(vectors[0]), new(vectors[1])];
        VectorSearch search = new(DistanceMetric.Cosine, 10, IsWanted: static (face, subject) => subject % 7 == 3 && face % 2 == 0);
        var found = index.Search(probes, search, TestContext.Current.CancellationToken);
        found[0].Count.ShouldBe(10);
        ShouldBeExact(found, vectors, probes, search);

        VectorSearch nothing = new(DistanceMetric.Cosine, 10, IsWanted: static (_, _) => false);
        index.Search(probes, nothing, TestContext.Current.CancellationToken).ShouldAllBe(static hits => hits.Count == 0);
    }

    [Fact]
    public void Search_ManyRowsAndThreads_IsWhatComparingAllGives()
    {
        float[][] vectors = TestVectors.Make("random", 40_000, 128, seed: 6);
        using var index = Fill(vectors);
        List<Embedding> probes = [.. Enumerable.Range(0, 16).Select(probe => new Embedding(vectors[probe * 777]))];
        foreach (var metric in Enum.GetValues<DistanceMetric>())
        {
            VectorSearch search = new(metric, 25);
            ShouldBeExact(index.Search(probes, search, TestContext.Current.CancellationToken), vectors, probes, search);
        }
    }

    [Fact]
    public void Search_EqualDistances_AreOrderedByFaceWhateverTheRow()
    {
        using var index = VectorIndex.Create(path: null, dimension: 4);
        float[] vector = [1, 2, 3, 4];
        long[] faces = [50, 10, 40, 20, 30];
        for (int row = 0; row < faces.Length; row++)
        {
            index.Write(row, faces[row], subject: 1, vector);
        }

        var found = index.Search([new(vector)], new(DistanceMetric.Euclidean, 3), TestContext.Current.CancellationToken);
        found[0].Select(static hit => hit.Face).ShouldBe([10, 20, 30]);
    }

    [Fact]
    public void Search_OtherDimension_IsRefused()
    {
        using var index = VectorIndex.Create(path: null, dimension: 4);
        Should.Throw<ArgumentException>(() => index.Search([new(new float[5])], new(DistanceMetric.Cosine, 1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Search_Cancelled_EndsWithoutAnAnswer()
    {
        using var index = Fill(TestVectors.Make("random", 40_000, 128, seed: 7));
        using CancellationTokenSource stop = new();
        int calls = 0;
        VectorSearch search = new(DistanceMetric.Cosine, int.MaxValue, IsWanted: (_, _) =>
        {
            if (Interlocked.Increment(ref calls) == 100)
            {
                stop.Cancel();
            }

            return true;
        });
        Should.Throw<OperationCanceledException>(() => index.Search([new(TestVectors.Gaussian(new(9), 128, 1))], search, stop.Token));
        calls.ShouldBeLessThan(40_000);
    }

    private static VectorIndex Fill(float[][] vectors)
    {
        var index = VectorIndex.Create(path: null, vectors[0].Length);
        foreach (var (row, face, subject, vector) in Rows(vectors))
        {
            index.Write(row, face, subject, vector);
        }

        return index;
    }

    // Faces run against the rows, so that the order of equal distances is that of faces and not by chance that of rows.
    private static IEnumerable<(int Row, long Face, long Subject, float[] Vector)> Rows(float[][] vectors) =>
        vectors.Select((vector, row) => (row, (long)(vectors.Length - row), (long)(row % 100), vector));

    private static void ShouldBeExact(IReadOnlyList<IReadOnlyList<VectorHit>> found, float[][] vectors, List<Embedding> probes, VectorSearch search)
    {
        found.Count.ShouldBe(probes.Count);
        for (int probe = 0; probe < probes.Count; probe++)
        {
            found[probe].ShouldBe(TestVectors.Compare(Rows(vectors), probes[probe], search), $"probe {probe}, {search}");
        }
    }
}
