using System.Diagnostics;
using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Redis;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests.Redis;

/// <summary>On a server with vector sets.</summary>
public sealed class VectorSetGalleryTests(VectorSetServer server) : RedisFaceGalleryTests(server), IClassFixture<VectorSetServer>
{
    protected override bool IsApproximate => true;
}

/// <summary>On a server that stores only; each process searches in memory.</summary>
public sealed class PlainRedisGalleryTests(PlainServer server) : RedisFaceGalleryTests(server), IClassFixture<PlainServer>;

/// <summary>What galleries in Redis do beyond what every store does.</summary>
public abstract class RedisFaceGalleryTests(GalleryServer server) : FaceGalleryContract, IAsyncDisposable
{
    // More than a search compares one by one.
    private const int Many = 600;

    private readonly List<RedisFaceGallery> _open = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var gallery in _open)
        {
            await gallery.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Search_OtherReplicaChangedSomething_SeesItAtOnce()
    {
        var (one, other) = (await OpenFirstAsync(), OpenReplica());
        await EnrolManyAsync(one, Many);
        await other.SearchAsync(Gallery, Space, [Vector(1)], Five, Token);
        for (int i = 0; i < 10; i++)
        {
            var (writer, reader) = i % 2 == 0 ? (one, other) : (other, one);
            long face = (await writer.EnrolAsync(Gallery, [Face("new", 10_000 + i)], Token))[0].Face.Id;
            (await NearestAsync(reader, 10_000 + i)).ShouldBe((face, "new"));

            (await writer.MoveFaceAsync(Gallery, face, "moved", null, Token)).ShouldBeTrue();
            (await NearestAsync(reader, 10_000 + i)).ShouldBe((face, "moved"));
            (await reader.SearchAsync(Gallery, Space, [Vector(10_000 + i)], Five with { Subjects = ["moved"] }, Token))[0].ShouldHaveSingleItem().Face.Id.ShouldBe(face);

            await writer.AddEmbeddingsAsync(Gallery, Space, [(face, Vector(20_000 + i))], Token);
            (await NearestAsync(reader, 20_000 + i)).ShouldBe((face, "moved"));

            (await writer.DeleteFacesAsync(Gallery, [face], Token)).ShouldBe(1);
            (await NearestAsync(reader, 20_000 + i)).Id.ShouldNotBe(face);
        }

        (await other.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull().Faces.ShouldBe(Many);
    }

    [Fact]
    public async Task Search_OtherReplicaMadeTheGalleryAnew_FindsNothingOfTheOldOne()
    {
        var (one, other) = (await OpenFirstAsync(), OpenReplica());
        await EnrolManyAsync(one, Many);
        await other.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 5), Token);

        (await one.DeleteGalleryAsync(Gallery, Token)).ShouldBeTrue();
        (await other.SearchAsync(Gallery, Space, [Vector(1)], Five, Token))[0].ShouldBeEmpty();
        other.SpacesInMemory.ShouldBe(0);
        long face = (await one.EnrolAsync(Gallery, [Face("Ada", 5)], Token))[0].Face.Id;

        (await other.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 5), Token))[0].ShouldHaveSingleItem().Face.Id.ShouldBe(face);
        face.ShouldBeGreaterThan(Many);
    }

    [Fact]
    public async Task Search_MoreChangesThanAreRemembered_FindsAll()
    {
        var (one, other) = (await OpenFirstAsync(), OpenReplica());
        await EnrolManyAsync(one, Many);
        await other.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 5), Token);
        long[] ids = [.. (await one.ListFacesAsync(Gallery, null, 0, 20, Token)).Select(static face => face.Id)];
        for (int i = 0; i < GalleryChange.RememberedChanges + 10; i++)
        {
            await one.MoveFaceAsync(Gallery, ids[i % 10], $"s{i % 7}", null, Token);
        }

        await one.DeleteFacesAsync(Gallery, ids[10..], Token);
        var found = (await other.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 1_000), Token))[0];

        found.Count.ShouldBe(Many - 10);
        found.Select(static match => match.Face.Id).ShouldNotContain(ids[15]);
    }

    [Fact]
    public async Task Enrol_ReplicasAtOnce_LoseAndDoubleNothing()
    {
        var first = await OpenFirstAsync();
        RedisFaceGallery[] replicas = [first, OpenReplica(), OpenReplica()];
        var work = replicas.SelectMany((replica, r) => Enumerable.Range(0, 3).Select(async _ =>
        {
            List<EnrolResult> results = [];
            for (int i = 0; i < 24; i++)
            {
                results.AddRange(await replica.EnrolAsync(Gallery, [Face($"s{i % 4}", i), Face($"own{r}", 1_000 + (100 * r) + i)], Token));
            }

            return results;
        }));
        var results = (await Task.WhenAll(work)).SelectMany(static each => each).ToList();

        results.Count(static result => result.Created).ShouldBe(24 + (3 * 24));
        results.Select(static result => result.Face.Id).Distinct().Count().ShouldBe(24 + (3 * 24));
        var entry = (await first.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        (entry.Subjects, entry.Faces, entry.Spaces[0].Faces).ShouldBe((4 + 3, 24 + (3 * 24), 24 + (3 * 24)));
        foreach (var (face, _) in results.DistinctBy(static result => result.Face.Id))
        {
            (await first.FindFacesOfAsync(Gallery, face.ContentHash, Token)).ShouldHaveSingleItem().Id.ShouldBe(face.Id);
        }

        foreach (var replica in replicas)
        {
            (await NearestAsync(replica, 1_207)).Subject.ShouldBe("own2");
        }
    }

    [Fact]
    public async Task Change_ReplicasMergeMoveAndDeleteAtOnce_CountsAgreeWithWhatIsThere()
    {
        var first = await OpenFirstAsync();
        RedisFaceGallery[] replicas = [first, OpenReplica()];
        long[] ids = [.. (await first.EnrolAsync(Gallery, [.. Enumerable.Range(0, 120).Select(static i => Face($"s{i % 12}", i))], Token)).Select(static result => result.Face.Id)];
        await Task.WhenAll(replicas.SelectMany((replica, r) => Enumerable.Range(0, 3).Select(async t =>
        {
            Random random = new((10 * r) + t);
            for (int i = 0; i < 25; i++)
            {
                long face = ids[random.Next(ids.Length)];
                await (random.Next(4) switch
                {
                    0 => replica.DeleteFacesAsync(Gallery, [face], Token),
                    1 => replica.MoveFaceAsync(Gallery, face, $"s{random.Next(12)}", null, Token),
                    2 => (Task)replica.MoveSubjectAsync(Gallery, $"s{random.Next(12)}", $"s{random.Next(12)}", mayMerge: true, Token),
                    _ => replica.EnrolAsync(Gallery, [Face($"s{random.Next(12)}", random.Next(120))], Token),
                });
            }
        })));

        var entry = (await first.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        var faces = await first.ListFacesAsync(Gallery, null, 0, 1_000, Token);
        var subjects = await first.ListSubjectsAsync(Gallery, null, 100, Token);
        faces.Count.ShouldBe(entry.Faces);
        entry.Spaces[0].Faces.ShouldBe(entry.Faces);
        faces.DistinctBy(static face => (face.Subject, face.ContentHash, face.FaceIndex)).Count().ShouldBe(faces.Count);
        subjects.Count.ShouldBe(entry.Subjects);
        subjects.ShouldBe(
            faces.GroupBy(static face => face.Subject).OrderBy(static group => group.Key, StringComparer.Ordinal)
                .Select(group => subjects.Single(subject => subject.Name == group.Key) with { Faces = group.Count() }));
        foreach (var replica in replicas)
        {
            var found = (await replica.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Cosine, 1_000), Token))[0];
            found.Select(static match => match.Face.Id).Order().ShouldBe(faces.Select(static face => face.Id));
        }

        if (server.HasVectorSets)
        {
            ((int)await server.Database.ExecuteAsync("VCARD", (await server.KeysAsync(Token)).Single(static key => key.ToString().Contains(":vectors:")))).ShouldBe(faces.Count);
        }
    }

    [Theory]
    [InlineData("random")]
    [InlineData("clustered")]
    public async Task Search_ThousandsOfFaces_RecallOfTenIsAtLeast98Percent(string kind)
    {
        const int Count = 3_000;
        var gallery = await OpenFirstAsync();
        Embedding[] vectors = [.. Enumerable.Range(0, Count + 40).Select(i => kind == "random" ? Vector(i) : Clustered(i))];
        Dictionary<long, int> numbers = [];
        foreach (int[] batch in Enumerable.Range(0, Count).Chunk(500))
        {
            var results = await gallery.EnrolAsync(Gallery, [.. batch.Select(i => Face($"s{i % 50}", i) with { Thumbnail = null, Embeddings = [new(Space, vectors[i])] })], Token);
            foreach (var (i, result) in batch.Zip(results))
            {
                numbers.Add(result.Face.Id, i);
            }
        }

        int hits = 0;
        foreach (var probe in vectors[Count..])
        {
            var found = (await gallery.SearchAsync(Gallery, Space, [probe], new(DistanceMetric.Cosine, 10), Token))[0];
            found.Count.ShouldBe(10);
            found.Select(static match => match.Distance).ShouldBeInOrder();
            found.ShouldAllBe(match => match.Distance == EmbeddingDistance.Between(probe, vectors[numbers[match.Face.Id]], DistanceMetric.Cosine));
            var nearest = vectors[..Count].Select((vector, i) => (i, Distance: EmbeddingDistance.Unrounded(probe.Values.Span, vector.Values.Span, DistanceMetric.Cosine)))
                .OrderBy(static each => each.Distance).Take(10).Select(static each => each.i).ToHashSet();
            hits += found.Count(match => nearest.Contains(numbers[match.Face.Id]));
        }

        double recall = hits / 400.0;
        TestContext.Current.TestOutputHelper?.WriteLine($"{server.Kind}: recall@10 {recall:P2} of {Count} {kind} vectors");
        recall.ShouldBeGreaterThanOrEqualTo(server.HasVectorSets ? 0.98 : 1);
        gallery.SpacesInMemory.ShouldBe(server.HasVectorSets ? 0 : 1, "what a vector set can answer needs no copy in memory");
    }

    [Fact]
    public async Task Search_Subjects_FindsTheirNearestOnly()
    {
        const int Count = 5_000;
        var gallery = await OpenFirstAsync();
        foreach (int[] batch in Enumerable.Range(0, Count).Chunk(500))
        {
            await gallery.EnrolAsync(Gallery, [.. batch.Select(static i => Face($"s{i % 100}", i) with { Thumbnail = null })], Token);
        }

        var all = Enumerable.Range(0, Count).Select(static i => (Subject: i % 100, Distance: EmbeddingDistance.Between(Vector(9_999), Vector(i), DistanceMetric.Cosine)))
            .OrderBy(static each => each.Distance).ToList();

        // The faces of few subjects are all compared; then comes a filter of the vector set, which cannot name 90.
        foreach (int subjects in (int[])[20, 50, 90])
        {
            string[] wanted = [.. Enumerable.Range(0, subjects).Select(static i => $"s{i}")];
            var search = new FaceSearch(DistanceMetric.Cosine, 10) { Subjects = wanted };
            var found = (await gallery.SearchAsync(Gallery, Space, [Vector(9_999)], search, Token))[0];

            var nearest = all.Where(each => each.Subject < subjects).Take(10).Select(static each => each.Distance);
            found.Select(static match => match.Distance).Intersect(nearest).Count().ShouldBeGreaterThanOrEqualTo(server.HasVectorSets ? 9 : 10, $"{subjects} subjects");
            found.ShouldAllBe(match => wanted.Contains(match.Face.Subject));
            gallery.SpacesInMemory.ShouldBe(server.HasVectorSets ? 0 : 1);
        }
    }

    [Fact]
    public async Task Search_RawDistanceOfVectorsOfDifferentLengths_IsExact()
    {
        var gallery = await OpenFirstAsync();
        Embedding[] vectors = [.. Enumerable.Range(0, Many).Select(static i => Scaled(Vector(i), 1 + (i % 7)))];
        var results = await gallery.EnrolAsync(Gallery, [.. vectors.Select(static (vector, i) => Face("Ada", i) with { Embeddings = [new(Space, vector)] })], Token);

        var found = (await gallery.SearchAsync(Gallery, Space, [Vector(9_999)], new(DistanceMetric.Euclidean, 20), Token))[0];

        found.Select(static match => (match.Face.Id, match.Distance)).ShouldBe(results
            .Select((result, i) => (result.Face.Id, Distance: EmbeddingDistance.Between(Vector(9_999), vectors[i], DistanceMetric.Euclidean)))
            .OrderBy(static each => each.Distance).Take(20));
        gallery.SpacesInMemory.ShouldBe(1);
    }

    [Fact]
    public async Task Delete_FacesSubjectsAndSpaces_NothingOfThemIsInTheServer()
    {
        var gallery = await OpenFirstAsync();
        await gallery.EnrolAsync(Gallery, [Face("Kept", 1), Face("Sarah Secret", 2), Face("Sarah Secret", 4), Face("Peter Private", 5) with { Source = null }], Token);
        var ids = (await gallery.ListFacesAsync(Gallery, null, 0, 2, Token)).Select(static face => face.Id).ToList();
        await gallery.AddEmbeddingsAsync(Gallery, OtherSpace, [(ids[0], Vector(901, OtherSpace)), (ids[1], Vector(902, OtherSpace))], Token);
        await gallery.SetMetadataAsync(Gallery, "Sarah Secret", new Dictionary<string, string> { ["address"] = "Hidden Lane" }, Token);
        await gallery.SetMetadataAsync(Gallery, "Peter Private", new Dictionary<string, string> { ["address"] = "Hidden Lane" }, Token);
        await gallery.MoveSubjectAsync(Gallery, "Peter Private", "Peter Public", mayMerge: false, Token);
        await AssertHoldsAsync("Sarah Secret", isThere: true, Hash(2));
        await AssertHoldsAsync("Peter Private", isThere: false);
        await AssertHoldsAsync(VectorBytes.Of(Vector(4).Values.Span), isThere: true);
        await AssertHoldsAsync(VectorBytes.Of(Vector(901, OtherSpace).Values.Span), isThere: true);

        long peter = (await gallery.ListFacesAsync(Gallery, "Peter Public", 0, 1, Token))[0].Id;
        (await gallery.DeleteSubjectAsync(Gallery, "Sarah Secret", Token)).ShouldBeTrue();
        (await gallery.DeleteFacesAsync(Gallery, [peter], Token)).ShouldBe(1);
        (await gallery.DeleteSpaceAsync(Gallery, OtherSpace, Token)).ShouldBeTrue();

        foreach (string text in (string[])["Sarah", "Secret", "Peter", "address", "Hidden Lane", Hash(2), Hash(4), Hash(5), "2.jpg"])
        {
            await AssertHoldsAsync(text, isThere: false);
        }

        foreach (byte[] bytes in (byte[][])
            [Thumbnail(2), Thumbnail(4), Thumbnail(5), .. new[] { 2, 4, 5 }.Select(static seed => VectorBytes.Of(Vector(seed).Values.Span)),
                .. new[] { 901, 902 }.Select(static seed => VectorBytes.Of(Vector(seed, OtherSpace).Values.Span))])
        {
            await AssertHoldsAsync(bytes, isThere: false);
        }

        await AssertHoldsAsync(Thumbnail(1), isThere: true);
        foreach (var set in (await server.KeysAsync(Token)).Where(static key => key.ToString().Contains(":vectors:")))
        {
            ((int)await server.Database.ExecuteAsync("VCARD", set)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task DeleteGallery_FullOne_LeavesNoKeyButTheCounterOfIds()
    {
        var gallery = await OpenFirstAsync();
        await EnrolManyAsync(gallery, Many);
        await gallery.EnrolAsync(Gallery, [Face("Ada", 5_000, OtherSpace)], Token);
        await gallery.SetMetadataAsync(Gallery, "s1", new Dictionary<string, string> { ["team"] = "red" }, Token);
        await gallery.PutFilesAsync(Gallery, [File("a/1.jpg")], Token);
        (await server.KeysAsync(Token)).Count.ShouldBeGreaterThan(Many);

        (await gallery.DeleteGalleryAsync(Gallery, Token)).ShouldBeTrue();

        (await server.KeysAsync(Token)).ShouldHaveSingleItem().ShouldBe(GalleryKeys.LastFace);
    }

    [Fact]
    public async Task DeleteGallery_ProcessDiedBeforeItWasWiped_NextProcessWipesIt()
    {
        await EnrolManyAsync(await OpenFirstAsync(), Many);
        await CutDeletionShortAsync();

        (await OpenReplica().FindGalleryAsync(Gallery, Token)).ShouldBeNull();
        await UntilAsync(async () => await server.KeysAsync(Token) is [var key] && key == GalleryKeys.LastFace, "nothing is left");
    }

    [Fact]
    public async Task DeleteGallery_SomethingWasLeft_IsTrueUntilItIsGone()
    {
        var gallery = await OpenFirstAsync();
        await EnrolManyAsync(gallery, Many);
        await CutDeletionShortAsync();

        (await gallery.DeleteGalleryAsync(Gallery, Token)).ShouldBeTrue();
        (await server.KeysAsync(Token)).ShouldHaveSingleItem().ShouldBe(GalleryKeys.LastFace);
        (await gallery.DeleteGalleryAsync(Gallery, Token)).ShouldBeFalse();
    }

    [Fact]
    public async Task DeleteGallery_CallerLeavesInTheMiddle_NothingIsLeft()
    {
        var gallery = await OpenFirstAsync();
        await EnrolManyAsync(gallery, 2 * Many);
        using CancellationTokenSource leaves = new();
        var deleting = gallery.DeleteGalleryAsync(Gallery, leaves.Token);
        while (await server.Database.KeyExistsAsync(GalleryKeys.State(Gallery)))
        {
        }

        await leaves.CancelAsync();
        try
        {
            (await deleting).ShouldBeTrue();
        }
        catch (OperationCanceledException)
        {
            (await gallery.DeleteGalleryAsync(Gallery, Token)).ShouldBeTrue("it left before it heard that the gallery is gone");
        }

        (await server.KeysAsync(Token)).ShouldHaveSingleItem().ShouldBe(GalleryKeys.LastFace);
    }

    [Fact]
    public async Task Enrol_VectorSetRefuses_IsDoneAndSettledLater()
    {
        Assert.SkipUnless(server.HasVectorSets, "no vector sets");
        await server.EmptyAsync();
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        var gallery = OpenReplica(time);
        await gallery.CreateGalleryAsync(Gallery, Token);
        GalleryKeys keys = new(Gallery, (await StateAsync()).Generation);
        await server.Database.StringSetAsync(keys.Vectors(1), "no vector set");

        (await gallery.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Created.ShouldBeTrue();
        (await server.Database.SortedSetLengthAsync(keys.Unsettled)).ShouldBe(1);

        await server.Database.KeyDeleteAsync(keys.Vectors(1));
        await UntilAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(16));
                await Task.Delay(200, Token);
                return !await server.Database.KeyExistsAsync(keys.Unsettled);
            },
            "its mark is gone without any search");
        ((int)await server.Database.ExecuteAsync("VCARD", keys.Vectors(1))).ShouldBe(1);
    }

    [Fact]
    public async Task Search_CallerLeavesWhileFacesAreRead_ReadingGoesOn()
    {
        const int Count = 1_500;
        var (one, other) = (await OpenFirstAsync(), OpenReplica());
        await EnrolManyAsync(one, Count);
        using CancellationTokenSource leaves = new();
        var search = other.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 5), leaves.Token);
        while (other.SpacesInMemory == 0 && !search.IsCompleted)
        {
            await Task.Yield();
        }

        await leaves.CancelAsync();
        await search.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        await UntilAsync(() => Task.FromResult(other.FacesInMemory == Count), "all faces are read, though nobody waits");
    }

    [Fact]
    public async Task Search_MoreSpacesThanTheMemoryHolds_FreesTheLongestUnused()
    {
        string[] names = ["one", "two", "three"];
        var gallery = await OpenFirstAsync();
        foreach (string name in names)
        {
            await gallery.EnrolAsync(name, [.. Enumerable.Range(0, 300).Select(static i => Face($"s{i}", i) with { Thumbnail = null })], Token);
        }

        var search = new FaceSearch(DistanceMetric.Euclidean, 5);
        long one = VectorIndex.BytesOf(300, Dimension);
        var replica = OpenReplica(memoryLimit: (one * 5 / 2) + 50_000);
        foreach (string name in (string[])["one", "two", "one", "three", "one"])
        {
            (await replica.SearchAsync(name, Space, [Vector(1)], search, Token))[0].Count.ShouldBe(5);
            replica.SpacesInMemory.ShouldBeLessThanOrEqualTo(2);
        }

        replica.SpacesInMemory.ShouldBe(2);
        var small = OpenReplica(memoryLimit: one / 2);
        (await Should.ThrowAsync<FaceAspireException>(() => small.SearchAsync("one", Space, [Vector(1)], search, Token))).Code.ShouldBe(ErrorCode.ServiceUnavailable);
        small.SpacesInMemory.ShouldBe(0);
    }

    [Fact]
    public async Task Delete_LastFace_LeavesNoVectors()
    {
        var gallery = await OpenFirstAsync();
        long[] ids = [.. (await gallery.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2)], Token)).Select(static result => result.Face.Id)];
        (await gallery.DeleteFacesAsync(Gallery, ids, Token)).ShouldBe(2);

        (await server.KeysAsync(Token)).ShouldNotContain(static key => key.ToString().Contains(":vectors:") || key.ToString().Contains(":face:"));
        await gallery.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        (await NearestAsync(gallery, 1)).Subject.ShouldBe("Ada");
    }

    private protected override async Task<IFaceGallery> OpenAsync() => await OpenFirstAsync();

    private static Embedding Scaled(Embedding vector, float factor) => new(vector.Values.ToArray().Select(value => value * factor).ToArray());

    /// <summary>Vectors as a recogniser gives them: those of one person are near to each other.</summary>
    private static Embedding Clustered(int seed)
    {
        float[] centre = Vector(100_000 + (seed % 300)).Values.ToArray();
        float[] noise = Vector(seed).Values.ToArray();
        return new(centre.Zip(noise, static (c, n) => c + (0.5f * n)).ToArray());
    }

    private static async Task EnrolManyAsync(RedisFaceGallery gallery, int count)
    {
        foreach (int[] batch in Enumerable.Range(0, count).Chunk(300))
        {
            await gallery.EnrolAsync(Gallery, [.. batch.Select(static i => Face($"s{i % 20}", i))], Token);
        }
    }

    private static async Task<(long Id, string Subject)> NearestAsync(RedisFaceGallery gallery, int seed)
    {
        var nearest = (await gallery.SearchAsync(Gallery, Space, [Vector(seed)], Five, Token))[0][0].Face;
        return (nearest.Id, nearest.Subject);
    }

    private async Task<RedisFaceGallery> OpenFirstAsync()
    {
        await server.EmptyAsync();
        return OpenReplica();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20), what);
            await Task.Delay(20, Token);
        }
    }

    private async Task<GalleryState> StateAsync() =>
        RedisJson.Read(await server.Database.StringGetAsync(GalleryKeys.State(Gallery)), RedisJson.Default.GalleryState).ShouldNotBeNull();

    /// <summary>As if the transaction of a deletion had been the last thing a process did.</summary>
    private async Task CutDeletionShortAsync()
    {
        var state = await StateAsync();
        await server.Database.HashSetAsync(GalleryKeys.Remains(Gallery), state.Generation, state.NextSpace);
        await server.Database.KeyDeleteAsync(GalleryKeys.State(Gallery));
    }

    private RedisFaceGallery OpenReplica(TimeProvider? time = null, long memoryLimit = long.MaxValue)
    {
        RedisFaceGallery gallery = new(server.ConnectionString, NullLogger<RedisFaceGallery>.Instance, time ?? TimeProvider.System, memoryLimit);
        _open.Add(gallery);
        return gallery;
    }

    private async Task AssertHoldsAsync(string text, bool isThere, params string[] more)
    {
        foreach (string each in (string[])[text, .. more])
        {
            await AssertHoldsAsync(Encoding.UTF8.GetBytes(each), isThere);
        }
    }

    /// <summary>Looks for bytes in every key and every value.</summary>
    private async Task AssertHoldsAsync(byte[] bytes, bool isThere)
    {
        var database = server.Database;
        List<string> where = [];
        foreach (var key in await server.KeysAsync(Token))
        {
            string name = key.ToString();
            RedisValue[] values = name switch
            {
                _ when name.Contains(":vectors:") => [],
                _ => await database.KeyTypeAsync(key) switch
                {
                    RedisType.String => [await database.StringGetAsync(key)],
                    RedisType.Hash => [.. (await database.HashGetAllAsync(key)).SelectMany(static entry => new[] { entry.Name, entry.Value })],
                    RedisType.Set => await database.SetMembersAsync(key),
                    RedisType.SortedSet => await database.SortedSetRangeByRankAsync(key),
                    var other => throw new InvalidOperationException($"{name} is a {other}."),
                },
            };
            if (Encoding.UTF8.GetBytes(name).AsSpan().IndexOf(bytes) >= 0 || values.Any(value => ((byte[])value!).AsSpan().IndexOf(bytes) >= 0))
            {
                where.Add(name);
            }
        }

        (where.Count > 0).ShouldBe(isThere, $"{Convert.ToHexString(bytes)} in {string.Join(", ", where)}");
    }
}
