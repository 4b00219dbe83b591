using System.Runtime.InteropServices;
using System.Text;
using FaceAspire.Contracts.Names;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests.Sqlite;

/// <summary>What is deleted is in no byte of no file, while the store is open, and after.</summary>
public sealed class SqliteErasureTests : IDisposable
{
    private const string Gallery = "erasure";
    private const string Name = "Vanishing Person";
    private const string Secret = "metadata that vanishes";
    private const string Source = "Vanishing Person/portrait.jpg";
    private const int Seed = 9_001;

    private readonly OpenedGallery _gallery = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _gallery.Dispose();

    [Fact]
    public async Task DeleteFaces_TheFaceOfASubject_LeavesNothing()
    {
        long face = await EnrolAmongOthersAsync();
        (await _gallery.Store.DeleteFacesAsync(Gallery, [face], Token)).ShouldBe(1);
        ShouldBeGone(Everything());
    }

    [Fact]
    public async Task DeleteSubject_WithMetadata_LeavesNothing()
    {
        await EnrolAmongOthersAsync();
        (await _gallery.Store.DeleteSubjectAsync(Gallery, Name, Token)).ShouldBeTrue();
        ShouldBeGone(Everything());
    }

    [Fact]
    public async Task DeleteGallery_WithOthersBeside_LeavesNothing()
    {
        await _gallery.Store.EnrolAsync("other", [.. Enumerable.Range(1, 50).Select(static i => Face("Ada", i))], Token);
        await EnrolAmongOthersAsync();
        (await _gallery.Store.DeleteGalleryAsync(Gallery, Token)).ShouldBeTrue();
        ShouldBeGone(Everything());
        Directory.EnumerateFiles(_gallery.Segments).Count().ShouldBe(1);
        (await _gallery.Store.ListFacesAsync("other", null, 0, 100, Token)).Count.ShouldBe(50);
    }

    [Fact]
    public async Task DeleteSpace_NotActive_LeavesNothingOfItsVectors()
    {
        await EnrolAmongOthersAsync();
        (await _gallery.Store.CompleteSpaceAsync(Gallery, OtherSpace, activate: true, Token)).ShouldBeTrue();
        (await _gallery.Store.DeleteSpaceAsync(Gallery, Space, Token)).ShouldBeTrue();
        ShouldBeGone([Everything()[0]]);
    }

    [Fact]
    public async Task AddEmbeddings_Replacing_LeavesNothingOfTheOldVector()
    {
        long face = await EnrolAmongOthersAsync();
        await _gallery.Store.AddEmbeddingsAsync(Gallery, Space, [(face, Vector(5))], Token);
        ShouldBeGone([Everything()[0]]);
    }

    [Fact]
    public async Task MoveSubject_Renamed_LeavesNothingOfTheOldName()
    {
        await EnrolAmongOthersAsync(source: null);
        await _gallery.Store.MoveSubjectAsync(Gallery, Name, "Somebody", mayMerge: false, Token);
        ShouldBeGone([("name", Encoding.UTF8.GetBytes(Name))]);
    }

    [Fact]
    public async Task MoveFace_OtherSource_LeavesNothingOfTheOldOneAfterMaintenance()
    {
        long face = await EnrolAmongOthersAsync();
        (await _gallery.Store.MoveFaceAsync(Gallery, face, Name, "other.jpg", Token)).ShouldBeTrue();
        await _gallery.Store.MaintainAsync(Token);
        ShouldBeGone([("source", Encoding.UTF8.GetBytes(Source))]);
    }

    [Fact]
    public async Task DeleteFaces_AReaderIsInTheWay_LeavesNothingWhenItHasGone()
    {
        long face = await EnrolAmongOthersAsync();
        using (var reader = FaceAspire.Gallery.Sqlite.SqliteSession.OpenReader(Path.Combine(_gallery.Folder, "galleries.db")))
        {
            reader.Execute("BEGIN");
            reader.Number("SELECT COUNT(*) FROM faces").ShouldNotBeNull().ShouldBePositive();
            (await _gallery.Store.DeleteFacesAsync(Gallery, [face], Token)).ShouldBe(1);
        }

        await _gallery.Store.MaintainAsync(Token);
        ShouldBeGone(Everything());
    }

    /// <summary>Pages of a B-tree keep copies of cells that moved to other pages, if nobody takes care.</summary>
    [Fact]
    public async Task DeleteSubject_ManyInRandomOrder_LeavesNothingOfAny()
    {
        const int Count = 600;
        Random random = new(4);
        int[] order = [.. Enumerable.Range(1, Count)];
        random.Shuffle(order);
        foreach (int[] batch in order.Chunk(20))
        {
            await _gallery.Store.EnrolAsync(Gallery, [.. batch.Select(static i => Face(NameOf(i), i))], Token);
        }

        random.Shuffle(order);
        foreach (int[] batch in order[..(Count - 50)].Chunk(5))
        {
            long[] faces = [.. (await Task.WhenAll(batch.Select(i => _gallery.Store.ListFacesAsync(Gallery, NameOf(i), 0, 10, Token)))).SelectMany(static list => list).Select(static face => face.Id)];
            (await _gallery.Store.DeleteFacesAsync(Gallery, faces, Token)).ShouldBe(5);
        }

        int[] gone = order[..(Count - 50)];
        (string What, byte[] Bytes)[] all =
        [
            .. gone.Select(static i => ($"name {i}", Encoding.UTF8.GetBytes(NameOf(i)))),
            .. gone.Select(static i => ($"vector {i}", MemoryMarshal.AsBytes(Vector(i).Values.Span)[40..72].ToArray())),
            .. gone.Where(static i => i % 3 != 0).Select(static i => ($"thumbnail {i}", Thumbnail(i)[100..132])),
        ];
        _gallery.With(all.Select(static one => one.Bytes)).Select(found => $"{all[found.Which].What} in {found.File}").ShouldBeEmpty();
        _gallery.With(order[^50..].Select(static i => Encoding.UTF8.GetBytes(NameOf(i)))).Select(static found => found.Which).Distinct().Count().ShouldBe(50);
    }

    private static string NameOf(int i) => new Random(i).Next().ToString("x8", System.Globalization.CultureInfo.InvariantCulture) + $"-{i}-" + new string('n', i % 60) + "!";

    private static (string What, byte[] Bytes)[] Everything() =>
    [
        ("vector", MemoryMarshal.AsBytes(Vector(Seed).Values.Span)[..32].ToArray()),
        ("end of vector", MemoryMarshal.AsBytes(Vector(Seed).Values.Span)[^32..].ToArray()),
        ("thumbnail", Thumbnail(Seed)[..32]),
        ("name", Encoding.UTF8.GetBytes(Name)),
        ("metadata", Encoding.UTF8.GetBytes(Secret)),
        ("source", Encoding.UTF8.GetBytes(Source)),
        ("hash", Convert.FromHexString(Hash(Seed))),
    ];

    private async Task<long> EnrolAmongOthersAsync(string? source = Source)
    {
        var store = _gallery.Store;
        await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 100).Select(static i => Face($"s{i}", i, Space, OtherSpace))], Token);
        var vanishing = Face(Name, Seed, Space, OtherSpace) with { Source = source, Thumbnail = Thumbnail(Seed) };
        long face = (await store.EnrolAsync(Gallery, [vanishing], Token))[0].Face.Id;
        await store.SetMetadataAsync(Gallery, Name, new Dictionary<string, string> { ["about"] = Secret }, Token);
        await store.EnrolAsync(Gallery, [.. Enumerable.Range(101, 100).Select(static i => Face($"s{i}", i, Space, OtherSpace))], Token);

        // The search for bytes would find them: else that it finds none later would say nothing.
        foreach (var (what, bytes) in Everything())
        {
            if (source is not null || what != "source")
            {
                _gallery.FilesWith(bytes).ShouldNotBeEmpty(what);
            }
        }

        (await store.SearchAsync(Gallery, Space, [Vector(Seed)], new(DistanceMetric.Cosine, 1), Token))[0][0].Face.Id.ShouldBe(face);
        return face;
    }

    private void ShouldBeGone((string What, byte[] Bytes)[] all)
    {
        foreach (var (what, bytes) in all)
        {
            _gallery.FilesWith(bytes).ShouldBeEmpty($"{what}, while the store is open");
        }

        _gallery.Close();
        foreach (var (what, bytes) in all)
        {
            _gallery.FilesWith(bytes).ShouldBeEmpty($"{what}, when the store is closed");
        }
    }
}
