using System.Collections.Concurrent;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests.Search;

/// <summary>Searches while one thread writes: every row of an answer is one that was written, and no row that stayed is missing.</summary>
public sealed class ConcurrentSearchTests : IDisposable
{
    private const int Dimension = 64;
    private const int Rows = 10_000;
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(3);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Search_WhileRowsChange_IsExactForThoseThatStay(bool inFile)
    {
        using var index = VectorIndex.Create(inFile ? _folder["a"] : null, Dimension);
        for (int row = 0; row < Rows; row++)
        {
            index.Write(row, row, row, Vector(row));
        }

        // Odd rows change, even ones stay. A face tells its vector. Rows are added until there are twice as many: a search must not take ever longer.
        using CancellationTokenSource stop = new(_duration);
        var writing = OwnThread.Run(() =>
        {
            Random random = new(1);
            long changes = 0;
            for (int face = Rows; !stop.IsCancellationRequested; face++, changes++)
            {
                int row = (random.Next(Rows) / 2 * 2) + 1;
                switch (random.Next(4))
                {
                    case 0:
                        index.Remove(row);
                        break;
                    case 1 when index.Rows < 2 * Rows:
                        index.Write(index.Rows, face, index.Rows, Vector(face));
                        break;
                    default:
                        index.Write(row, face, row, Vector(face));
                        break;
                }
            }

            return changes;
        });
        var reading = Enumerable.Range(0, 3).Select(reader => OwnThread.Run(() =>
        {
            Random random = new(reader);
            int searches = 0;
            for (; !stop.IsCancellationRequested; searches++)
            {
                Embedding probe = new(Vector(-random.Next(1, 20)));
                VectorSearch search = new((DistanceMetric)random.Next(4), 20);
                ShouldBeExactForEvenRows(index.Search([probe], search, CancellationToken.None)[0], probe, search);
            }

            return searches;
        })).ToList();

        (await writing).ShouldBeGreaterThan(100);
        (await Task.WhenAll(reading)).ShouldAllBe(static searches => searches > 0);
    }

    [Fact]
    public async Task Dispose_WhileSearched_EndsSearchesWithTheirAnswerOrNotAtAll()
    {
        for (int round = 0; round < 20; round++)
        {
            var index = VectorIndex.Create(_folder[$"{round}"], Dimension);
            for (int row = 0; row < 2_000; row++)
            {
                index.Write(row, row, row, Vector(row));
            }

            using SemaphoreSlim started = new(0);
            var reading = Enumerable.Range(0, 3).Select(_ => OwnThread.Run(() =>
            {
                Embedding probe = new(Vector(-1));
                VectorSearch search = new(DistanceMetric.Cosine, 20);
                while (true)
                {
                    try
                    {
                        ShouldBeExactForEvenRows(index.Search([probe], search, CancellationToken.None)[0], probe, search, 2_000);
                        started.Release();
                    }
                    catch (ObjectDisposedException)
                    {
                        return true;
                    }
                }
            })).ToList();
            await started.WaitAsync(TestContext.Current.CancellationToken);
            index.Dispose();
            (await Task.WhenAll(reading)).ShouldAllBe(static ended => ended);
            File.Delete(_folder[$"{round}"]);
        }
    }

    [Fact]
    public void Compact_WhileTheOldIsSearched_LeavesItsAnswers()
    {
        var index = VectorIndex.Create(_folder["a"], Dimension);
        for (int row = 0; row < 2_000; row++)
        {
            index.Write(row, row, row, Vector(row));
        }

        // The search under way holds on to the old memory although it is compacted and disposed meanwhile.
        VectorIndex? compact = null;
        VectorSearch search = new(DistanceMetric.Cosine, 20, IsWanted: (_, _) =>
        {
            if (compact is null)
            {
                compact = index.Compact(_folder["b"], static (_, _) => { });
                index.Dispose();
            }

            return true;
        });
        Embedding probe = new(Vector(-1));
        ShouldBeExactForEvenRows(index.Search([probe], search, TestContext.Current.CancellationToken)[0], probe, search with { IsWanted = null }, 2_000);
        compact!.Count.ShouldBe(2_000);
        compact.Dispose();
    }

    private static readonly ConcurrentDictionary<int, float[]> _known = new();

    private static float[] Vector(int face) => face < Rows ? _known.GetOrAdd(face, static face => TestVectors.Gaussian(new(face), Dimension, 1)) : TestVectors.Gaussian(new(face), Dimension, 1);

    private static void ShouldBeExactForEvenRows(IReadOnlyList<VectorHit> hits, Embedding probe, VectorSearch search, int rows = Rows)
    {
        hits.Count.ShouldBe(search.TopK);
        foreach (var hit in hits)
        {
            hit.Subject.ShouldBe(hit.Row);
            hit.Distance.ShouldBe(EmbeddingDistance.Between(probe, new(Vector((int)hit.Face)), search.Metric));
        }

        hits.Select(static hit => hit.Distance).ShouldBeInOrder();
        var stayed = TestVectors.Compare(Enumerable.Range(0, rows / 2).Select(static row => (2 * row, 2L * row, 2L * row, Vector(2 * row))), probe, search);
        stayed.Where(hit => hit.Distance < hits[^1].Distance).ShouldBeSubsetOf(hits);
    }
}
