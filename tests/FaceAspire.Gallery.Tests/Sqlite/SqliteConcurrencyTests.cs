using FaceAspire.Contracts.Names;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests.Sqlite;

public sealed class SqliteConcurrencyTests : IDisposable
{
    private const string Gallery = "concurrency";

    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(4);

    private readonly OpenedGallery _gallery = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _gallery.Dispose();

    /// <summary>Faces come and go in pairs of one subject; whoever reads sees both or none, and those who stay always.</summary>
    [Fact]
    public async Task SearchAndList_WhileFacesComeAndGo_AreConsistent()
    {
        var store = _gallery.Store;
        var staying = (await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 50).Select(static i => Face($"stays{i}", i))], Token)).Select(static result => result.Face.Id).ToList();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        over.CancelAfter(_duration);
        int[] counts = new int[4];
        await Task.WhenAll(
            Task.Run(() => RepeatAsync(0, WriteAsync), Token),
            Task.Run(() => RepeatAsync(1, SearchAsync), Token),
            Task.Run(() => RepeatAsync(2, SearchAsync), Token),
            Task.Run(() => RepeatAsync(3, ListAsync), Token));
        counts.ShouldAllBe(static count => count > 5);

        async Task RepeatAsync(int who, Func<int, Task> action)
        {
            for (; !over.IsCancellationRequested; counts[who]++)
            {
                await action(counts[who]);
                await Task.Yield(); // what is not locked never waits: others need the pool's threads too
            }
        }

        async Task WriteAsync(int turn)
        {
            int seed = 1_000 + (2 * turn);
            var pair = await store.EnrolAsync(Gallery, [Face($"pair{turn}", seed), Face($"pair{turn}", seed + 1)], Token);
            (await store.SearchAsync(Gallery, Space, [Vector(seed)], new(DistanceMetric.Cosine, 1), Token))[0][0].Face.Id.ShouldBe(pair[0].Face.Id, "enrolled before the search began");
            switch (turn % 3)
            {
                case 0:
                    await store.DeleteFacesAsync(Gallery, [.. pair.Select(static result => result.Face.Id)], Token);
                    break;
                case 1:
                    await store.MoveSubjectAsync(Gallery, $"pair{turn}", "merged", mayMerge: true, Token);
                    break;
                default:
                    await store.DeleteSubjectAsync(Gallery, $"pair{turn}", Token);
                    break;
            }

            (await store.SearchAsync(Gallery, Space, [Vector(seed)], new(DistanceMetric.Cosine, 5) { Subjects = [$"pair{turn}"] }, Token))[0].ShouldBeEmpty("gone before the search began");
        }

        async Task SearchAsync(int turn)
        {
            int seed = 1 + (turn % 50);
            var matches = (await store.SearchAsync(Gallery, Space, [Vector(seed)], new(DistanceMetric.Cosine, 1_000_000), Token))[0];
            (matches[0].Face.Id, matches[0].Distance).ShouldBe((staying[seed - 1], 0));
            matches.Select(static match => match.Face.Id).Distinct().Count().ShouldBe(matches.Count);
            staying.Except(matches.Select(static match => match.Face.Id)).ShouldBeEmpty();

            var filtered = (await store.SearchAsync(Gallery, Space, [Vector(seed)], new(DistanceMetric.Cosine, 1_000_000) { Subjects = ["merged"] }, Token))[0];
            filtered.ShouldAllBe(static match => match.Face.Subject == "merged");
        }

        async Task ListAsync(int turn)
        {
            var faces = await store.ListFacesAsync(Gallery, null, 0, int.MaxValue, Token);
            faces.Where(static face => face.Subject.StartsWith("pair", StringComparison.Ordinal)).GroupBy(static face => face.Subject).ShouldAllBe(static pair => pair.Count() == 2);
            var entry = (await store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
            entry.Faces.ShouldBe(entry.Spaces[0].Faces);
            (entry.Faces % 2).ShouldBe(0);
        }
    }

    [Fact]
    public async Task Dispose_WhileSearchesRun_EndsThemOrLetsThemEnd()
    {
        var store = _gallery.Store;
        await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 500).Select(static i => Face("Ada", i))], Token);
        var searches = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (true)
                {
                    (await store.SearchAsync(Gallery, Space, [Vector(7)], new(DistanceMetric.Cosine, 3), Token))[0].Count.ShouldBe(3);
                    await Task.Yield();
                }
            },
            Token)).ToList();
        await Task.Delay(200, Token);
        _gallery.Close();
        foreach (var search in searches)
        {
            await Should.ThrowAsync<ObjectDisposedException>(() => search.WaitAsync(TimeSpan.FromSeconds(20), Token));
        }
    }
}
