using System.Runtime.InteropServices;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests.Sqlite;

/// <summary>Closing, opening, and files that were harmed in between.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private const string Gallery = "durability";

    private readonly OpenedGallery _gallery = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _gallery.Dispose();

    [Fact]
    public async Task Open_AfterClosing_HasEverything()
    {
        await FillAsync();
        string before = await SeenAsync();
        _gallery.Close();
        (await SeenAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Open_SegmentsAreGone_MakesThemAgain()
    {
        await FillAsync();
        string before = await SeenAsync();
        _gallery.Close();
        Directory.Delete(_gallery.Segments, recursive: true);
        (await SeenAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Open_SegmentsAreCutAnywhere_HasEverything()
    {
        await FillAsync();
        string before = await SeenAsync();
        Random random = new(11);
        for (int round = 0; round < 12; round++)
        {
            _gallery.Close();
            foreach (string path in Directory.EnumerateFiles(_gallery.Segments))
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
                file.SetLength(round == 0 ? 0 : random.NextInt64(file.Length));
            }

            (await SeenAsync()).ShouldBe(before, $"round {round}");
        }
    }

    [Fact]
    public async Task Open_SegmentsAreGarbledAnywhere_HasEverything()
    {
        await FillAsync();
        string before = await SeenAsync();
        Random random = new(12);
        for (int round = 0; round < 12; round++)
        {
            _gallery.Close();
            foreach (string path in Directory.EnumerateFiles(_gallery.Segments))
            {
                byte[] content = await File.ReadAllBytesAsync(path, Token);
                int start = random.Next(content.Length);
                random.NextBytes(content.AsSpan(start, Math.Min(random.Next(1, 40_000), content.Length - start)));
                await File.WriteAllBytesAsync(path, content, Token);
            }

            (await SeenAsync()).ShouldBe(before, $"round {round}");
        }
    }

    [Fact]
    public async Task Open_SegmentsAreOfAnEarlierTime_CatchUp()
    {
        await FillAsync();
        _gallery.Close();
        string kept = Directory.CreateDirectory(Path.Combine(_gallery.Folder, "kept")).FullName;
        foreach (string path in Directory.EnumerateFiles(_gallery.Segments))
        {
            File.Copy(path, Path.Combine(kept, Path.GetFileName(path)));
        }

        var store = _gallery.Store;
        var faces = await store.ListFacesAsync(Gallery, null, 0, 1_000, Token);
        await store.DeleteFacesAsync(Gallery, [.. faces.Where(static face => face.Id % 5 == 0).Select(static face => face.Id)], Token);
        await store.MoveSubjectAsync(Gallery, "s1", "s2", mayMerge: true, Token);
        await store.EnrolAsync(Gallery, [.. Enumerable.Range(300, 40).Select(static i => Face($"s{i % 9}", i))], Token);
        string before = await SeenAsync();
        _gallery.Close();
        foreach (string path in Directory.EnumerateFiles(kept))
        {
            File.Move(path, Path.Combine(_gallery.Segments, Path.GetFileName(path)), overwrite: true);
        }

        (await SeenAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Search_AVectorIsHarmedWhileTheStoreIsOpen_IsRepaired()
    {
        await FillAsync();
        string before = await SeenAsync();
        byte[] vector = MemoryMarshal.AsBytes(Vector(20).Values.Span).ToArray();
        foreach (string path in Directory.EnumerateFiles(_gallery.Segments))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            byte[] content = new byte[file.Length];
            await file.ReadExactlyAsync(content, Token);
            if (content.AsSpan().IndexOf(vector) is var at and >= 0)
            {
                file.Position = at + 100;
                await file.WriteAsync(new byte[50], Token);
            }
        }

        _gallery.FilesWith(vector).ShouldBe(["galleries.db"]);
        (await SeenAsync()).ShouldBe(before); // looks for the vectors of 20 and 21
        _gallery.FilesWith(vector).Count().ShouldBe(2);
    }

    [Fact]
    public async Task Enrol_IndexCannotBeWritten_IsKeptAndFoundWhenItCan()
    {
        _gallery.Store.Open();
        Directory.Delete(_gallery.Segments);
        var face = (await _gallery.Store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Face;
        FaceSearch one = new(DistanceMetric.Cosine, 1);
        (await Should.ThrowAsync<FaceAspireException>(() => _gallery.Store.SearchAsync(Gallery, Space, [Vector(1)], one, Token))).Code.ShouldBe(ErrorCode.ServiceUnavailable);

        Directory.CreateDirectory(_gallery.Segments);
        (await _gallery.Store.SearchAsync(Gallery, Space, [Vector(1)], one, Token))[0][0].Face.Id.ShouldBe(face.Id);
    }

    [Fact]
    public async Task Open_FilesOfNoSpace_AreDeleted()
    {
        await FillAsync();
        _gallery.Close();
        string left = Path.Combine(_gallery.Segments, "0123456789abcdef0123456789abcdef.vectors");
        await File.WriteAllTextAsync(left, "of a compaction that was not finished", Token);
        _gallery.Store.Open();
        File.Exists(left).ShouldBeFalse();
    }

    [Fact]
    public async Task Maintain_MostRowsAreEmpty_CompactsTheFile()
    {
        var store = _gallery.Store;
        var faces = await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 3_000).Select(static i => Face($"s{i % 9}", i))], Token);
        await store.DeleteFacesAsync(Gallery, [.. faces.Select(static result => result.Face.Id).Where(static id => id % 10 != 3)], Token);
        string file = Directory.EnumerateFiles(_gallery.Segments).ShouldHaveSingleItem();
        string before = await SeenAsync();
        await store.MaintainAsync(Token);

        Directory.EnumerateFiles(_gallery.Segments).ShouldHaveSingleItem().ShouldNotBe(file);
        (await SeenAsync()).ShouldBe(before);
        var more = await store.EnrolAsync(Gallery, [Face("new", 5_000)], Token);
        (await store.SearchAsync(Gallery, Space, [Vector(5_000)], new(DistanceMetric.Cosine, 1), Token))[0][0].Face.Id.ShouldBe(more[0].Face.Id);
        before = await SeenAsync();
        _gallery.Close();
        (await SeenAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Maintain_CompactsWhileOthersSearchAndWrite_EverySearchFindsAll()
    {
        var store = _gallery.Store;
        var faces = await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 9_000).Select(static i => Face($"s{i % 9}", i) with { Thumbnail = null })], Token);
        await store.DeleteFacesAsync(Gallery, [.. faces.Select(static result => result.Face.Id).Where(static id => id % 3 != 1)], Token);
        var compacting = Task.Run(() => store.MaintainAsync(Token), Token);
        int searches = 0;
        for (bool isOver = false; !isOver; searches++)
        {
            isOver = compacting.IsCompleted;
            (await store.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Cosine, 10_000), Token))[0].Select(static match => match.Face.Id).Distinct().Count()
                .ShouldBe(3_000 + searches);
            await store.EnrolAsync(Gallery, [Face("new", 20_000 + searches)], Token);
        }

        await compacting;
        await store.MaintainAsync(Token);
        string before = await SeenAsync();
        _gallery.Close();
        (await SeenAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Maintain_ProcessDiesBetweenTwoPieces_NextOneHasTheSame()
    {
        using OpenedGallery next = new();
        using CancellationTokenSource died = new();
        ActingTime time = new();
        using (var store = SqliteFaceGallery.Open(_gallery.Folder, NullLogger<SqliteFaceGallery>.Instance, time))
        {
            var faces = await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 9_000).Select(static i => Face($"s{i % 9}", i) with { Thumbnail = null })], Token);
            await store.DeleteFacesAsync(Gallery, [.. faces.Select(static result => result.Face.Id).Where(static id => id % 3 != 1)], Token);
            time.Act = died.Cancel;
            await Should.ThrowAsync<OperationCanceledException>(() => store.MaintainAsync(died.Token));

            // What a process that is killed here leaves.
            foreach (string file in Directory.EnumerateFiles(_gallery.Folder, "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            {
                string copy = Path.Combine(next.Folder, Path.GetRelativePath(_gallery.Folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                await File.WriteAllBytesAsync(copy, await ReadAsync(file), Token);
            }
        }

        string expected = await SeenAsync();
        string segment = Directory.EnumerateFiles(next.Segments).ShouldHaveSingleItem();
        (await Observed.AllOfAsync(next.Store, [Gallery], [Space, OtherSpace], 20, static id => id, Token)).ShouldBe(expected);
        await next.Store.MaintainAsync(Token);
        Directory.EnumerateFiles(next.Segments).ShouldHaveSingleItem().ShouldNotBe(segment);
        next.Close();
        (await Observed.AllOfAsync(next.Store, [Gallery], [Space, OtherSpace], 20, static id => id, Token)).ShouldBe(expected);
    }

    [Fact]
    public async Task DeleteSpace_ItsFileCannotBeRemoved_IsDoneAndTheFileGoesLater()
    {
        await FillAsync();
        string[] before = Directory.GetFiles(_gallery.Segments);
        await _gallery.Store.AddEmbeddingsAsync(Gallery, Space with { Detector = "yunet" }, [(1, Vector(1))], Token);
        string file = Directory.GetFiles(_gallery.Segments).Except(before).ShouldHaveSingleItem();
        File.Delete(file);
        Directory.CreateDirectory(file); // as another program may hold it on Windows

        (await _gallery.Store.DeleteSpaceAsync(Gallery, Space with { Detector = "yunet" }, Token)).ShouldBeTrue();
        (await _gallery.Store.FindGalleryAsync(Gallery, Token))!.Spaces.Count.ShouldBe(2);

        Directory.Delete(file);
        await File.WriteAllTextAsync(file, "vectors", Token);
        await _gallery.Store.MaintainAsync(Token);
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task Open_FolderIsOpenAlready_SaysSo()
    {
        await FillAsync();
        var failure = Should.Throw<FaceAspireException>(() => SqliteFaceGallery.Open(_gallery.Folder, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System));
        failure.Code.ShouldBe(ErrorCode.ServiceUnavailable);
        failure.Message.ShouldContain("is used by another process");
        failure.Message.ShouldNotContain(_gallery.Folder);

        using SqliteFaceGallery second = new(_gallery.Folder, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);
        await Should.ThrowAsync<FaceAspireException>(() => second.ListGalleriesAsync(Token));
        _gallery.Close();
        (await second.ListGalleriesAsync(Token)).Count.ShouldBe(1, "the next use tries again");
    }

    [Fact]
    public async Task Open_DatabaseIsNone_SaysThatStorageCannotBeUsed()
    {
        await File.WriteAllTextAsync(Path.Combine(_gallery.Folder, "galleries.db"), new string('x', 10_000), Token);
        var failure = Should.Throw<FaceAspireException>(() => _gallery.Store);
        (failure.Code, failure.InnerException.ShouldNotBeNull().GetType().Name).ShouldBe((ErrorCode.ServiceUnavailable, "SqliteException"));
    }

    [Fact]
    public void Open_NewFolder_IsForTheUserOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        string folder = Path.Combine(_gallery.Folder, "deep", "er");
        using (SqliteFaceGallery.Open(folder, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System))
        {
#pragma warning disable CA1416 // skipped on Windows above
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (string file in Directory.EnumerateFiles(folder))
            {
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
            }
#pragma warning restore CA1416
        }
    }

    [Fact]
    public async Task EveryMember_AfterDisposal_ThrowsObjectDisposed()
    {
        var store = _gallery.Store;
        store.Dispose();
        store.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(() => store.ListGalleriesAsync(Token));
    }

    [Fact]
    public async Task Enrol_TenThousandFaces_AreAllThereAndFound()
    {
        const int Count = 10_000, Batch = 500;
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int first = 0; first < Count; first += Batch)
        {
            await _gallery.Store.EnrolAsync(Gallery, [.. Enumerable.Range(first, Batch).Select(static i => Face($"person {i / 5}", i))], Token);
        }

        var enrolled = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        _gallery.Close();
        started = System.Diagnostics.Stopwatch.GetTimestamp();
        _gallery.Store.Open();
        var opened = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        var entry = (await _gallery.Store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        (entry.Faces, entry.Subjects, entry.Spaces[0].Faces).ShouldBe((Count, Count / 5, Count));
        foreach (int seed in (int[])[0, 1, 4_999, 5_000, 9_999])
        {
            var nearest = (await _gallery.Store.SearchAsync(Gallery, Space, [Vector(seed)], new(DistanceMetric.Cosine, 3), Token))[0][0];
            (nearest.Distance, nearest.Face.ContentHash).ShouldBe((0, Hash(seed)));
        }

        TestContext.Current.SendDiagnosticMessage($"10,000 faces enrolled in {enrolled.TotalSeconds:F1} s, opened in {opened.TotalMilliseconds:F0} ms");
        enrolled.ShouldBeLessThan(TimeSpan.FromSeconds(60)); // some seconds on an idle machine
    }

    private Task<string> SeenAsync() => Observed.AllOfAsync(_gallery.Store, [Gallery], [Space, OtherSpace], 20, static id => id, Token);

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[file.Length];
        await file.ReadExactlyAsync(content, Token);
        return content;
    }

    private async Task FillAsync()
    {
        var store = _gallery.Store;
        await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 150).Select(static i => Face($"s{i % 9}", i, Space, OtherSpace))], Token);
        var faces = await store.ListFacesAsync(Gallery, null, 0, 1_000, Token);
        await store.DeleteFacesAsync(Gallery, [.. faces.Where(static face => face.Id % 7 == 0).Select(static face => face.Id)], Token);
        await store.MoveFaceAsync(Gallery, faces[2].Id, "s8", null, Token);
    }

    /// <summary>A clock that does something whenever it is asked.</summary>
    private sealed class ActingTime : TimeProvider
    {
        public Action? Act { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            Act?.Invoke();
            return base.GetUtcNow();
        }
    }
}
