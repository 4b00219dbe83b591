using System.Security.Cryptography;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery.Folders;

namespace FaceAspire.Gallery.Tests.Folders;

public sealed class FolderSyncTests(ReadingModels models) : IClassFixture<ReadingModels>, IDisposable
{
    private readonly FolderWorld _world = new(models);

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Run_AFolderForEachPerson_EnrolsEveryFaceUnderIt()
    {
        _world.Put("anna/photo1.jpg", FolderWorld.Sample("anna"));
        _world.Put("anna/2024/photo2.jpg", FolderWorld.Sample("anna-leaning"));
        _world.Put("ben.jpg", FolderWorld.Sample("ben"));

        var (result, pictures) = await _world.SyncAsync(models.Plan());

        (result.Files, result.Read, result.Embedded, result.Enrolled, result.Problems).ShouldBe((3, 3, 3, 3, 0));
        pictures.ShouldBe(3);
        (await _world.FacesAsync()).ShouldBe(["anna anna/2024/photo2.jpg", "anna anna/photo1.jpg", "ben ben.jpg"]);
        var faces = await _world.ListAsync();
        faces.Select(static face => face.Source).ShouldBe(["anna/2024/photo2.jpg", "anna/photo1.jpg", "ben.jpg"]); // enrolled in the order of paths
        faces[1].ContentHash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(FolderWorld.Sample("anna"))));
        faces.ShouldAllBe(static face => face.HasThumbnail && face.Confidence > 0.5 && face.Area.W > 20);
        (await _world.Store.FindGalleryAsync(FolderWorld.Gallery, TestContext.Current.CancellationToken))!.ActiveSpace.ShouldBe(models.Plan().Space);
    }

    [Fact]
    public async Task Run_NotWhatItsNameSays_IsTakenForWhatItsBytesSay()
    {
        _world.Put("anna/notes.txt", FolderWorld.Noise(1)); // a bitmap
        _world.Put("anna/ds_model_vggface_detector_opencv_aligned_normalization_base_expand_0.pkl", [0x80, 0x04, 0x95, 1, 2, 3]);
        _world.Put("ds_model_facenet.pkl.ldsa", [1, 2, 3, 4]);
        _world.Put("anna/readme.md", "not a picture"u8.ToArray());
        _world.Put("anna/.hidden.bmp", FolderWorld.Noise(2));
        _world.Put(".trash/anna.bmp", FolderWorld.Noise(3));
        _world.Put("anna/empty.txt", []);

        var (result, pictures) = await _world.SyncAsync();

        (result.Enrolled, result.Problems, pictures).ShouldBe((1, 0, 1));
        (await _world.FacesAsync()).ShouldBe(["anna anna/notes.txt"]);
        (await _world.ProblemsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_PicturesThatGiveNoFaces_AreListedWithTheReason()
    {
        _world.Put("anna/noise.bmp", FolderWorld.Noise(1));
        _world.Put("anna/cut.jpg", FolderWorld.Sample("anna")[..2_000]);
        _world.Put("anna/text.jpg", "not a picture"u8.ToArray());
        _world.Put("anna/empty.png", []);
        _world.Put("anna/apple.heic", [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8]);
        _world.Put("anna/large.bmp", [.. FolderWorld.Noise(1), .. new byte[2_000_000]]);
        _world.Put("an.na./photo.jpg", FolderWorld.Sample("anna")); // no subject may end in a dot
        _world.Put("ben/photo.jpg", FolderWorld.Sample("ben"));

        var (result, _) = await _world.SyncAsync(models.Plan());

        (result.Enrolled, result.Problems).ShouldBe((1, 7));
        var problems = await _world.ProblemsAsync();
        problems.Keys.Order(StringComparer.Ordinal).ShouldBe(
            ["an.na./photo.jpg", "anna/apple.heic", "anna/cut.jpg", "anna/empty.png", "anna/large.bmp", "anna/noise.bmp", "anna/text.jpg"]);
        problems["an.na./photo.jpg"].ShouldContain("cannot be a subject");
        problems["anna/apple.heic"].ShouldStartWith("is HEIC; accepted are");
        problems["anna/cut.jpg"].ShouldContain("corrupt or truncated");
        problems["anna/empty.png"].ShouldBe("is empty");
        problems["anna/large.bmp"].ShouldBe("has more than 2000000 bytes");
        problems["anna/noise.bmp"].ShouldBe("no face was found");
        problems["anna/text.jpg"].ShouldBe("is of no image type that is known");

        int before = models.Pictures;
        (await _world.SyncAsync(models.Plan())).Result.Problems.ShouldBe(7); // still, and no network was asked again
        models.Pictures.ShouldBe(before);
    }

    [Fact]
    public async Task Run_MoreProblemsThanAreShown_CountsAllAndShowsTheFirstByPath()
    {
        for (int i = 0; i < FolderSyncProgress.MaxProblems + 20; i++)
        {
            _world.Put($"anna/{i:000}.jpg", []);
        }

        var (result, _) = await _world.SyncAsync();

        result.Problems.ShouldBe(FolderSyncProgress.MaxProblems + 20);
        result.FirstProblems.Select(static one => one.Path).ShouldBe(Enumerable.Range(0, FolderSyncProgress.MaxProblems).Select(static i => $"anna/{i:000}.jpg"));
        File.Delete(_world.At("anna/007.jpg"));
        _world.Put("aaron/photo.jpg", "not a picture"u8.ToArray());

        (result, _) = await _world.SyncAsync(); // most are known from the first run

        result.Problems.ShouldBe(FolderSyncProgress.MaxProblems + 20);
        result.FirstProblems.Count.ShouldBe(FolderSyncProgress.MaxProblems);
        (result.FirstProblems[0].Path, result.FirstProblems[0].Message).ShouldBe(("aaron/photo.jpg", "is of no image type that is known"));
        (result.FirstProblems[^1].Path, result.FirstProblems[^1].Message).ShouldBe(("anna/099.jpg", "is empty"));
        result.FirstProblems.ShouldNotContain(static one => one.Path == "anna/007.jpg");
    }

    [Fact]
    public async Task Run_NoFaceForOneSpace_IsTriedForAnother()
    {
        _world.Put("anna/noise.bmp", FolderWorld.Noise(1));
        await _world.SyncAsync(models.Plan());

        var (result, _) = await _world.SyncAsync(models.Plan(detector: "skip"));

        (result.Enrolled, result.Problems).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Run_RenamedMovedCopiedOrTouched_EmbedsNothing()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        _world.Put("anna/b.bmp", FolderWorld.Noise(2));
        _world.Put("anna/c.bmp", FolderWorld.Noise(3));
        _world.Put("anna/d.bmp", FolderWorld.Noise(4));
        await _world.SyncAsync();
        var before = (await _world.ListAsync()).ToDictionary(static face => face.Source!, static face => face.Id);

        _world.Move("anna/a.bmp", "anna/renamed.bmp");
        _world.Move("anna/b.bmp", "ben/b.bmp");
        _world.Put("anna/copy.bmp", FolderWorld.Noise(3));
        _world.Put("carl/copy.bmp", FolderWorld.Noise(3));
        File.SetLastWriteTimeUtc(_world.At("anna/d.bmp"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var (result, pictures) = await _world.SyncAsync();

        pictures.ShouldBe(0);
        (result.Embedded, result.Enrolled, result.Removed, result.Problems).ShouldBe((0, 1, 0, 0)); // carl's is a face of its own
        (await _world.FacesAsync()).ShouldBe(["anna anna/c.bmp", "anna anna/d.bmp", "anna anna/renamed.bmp", "ben ben/b.bmp", "carl carl/copy.bmp"]);
        var after = (await _world.ListAsync()).ToDictionary(static face => face.Source!, static face => face.Id);
        after["anna/renamed.bmp"].ShouldBe(before["anna/a.bmp"]);
        after["ben/b.bmp"].ShouldBe(before["anna/b.bmp"]);
        await ShouldAllBeEmbeddedAsync(models.Plan(detector: "skip").Space);
        (await _world.SyncAsync()).Result.Read.ShouldBe(0);
    }

    [Fact]
    public async Task Run_TwoFilesSwapNames_SwapTheirFaces()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        _world.Put("ben/b.bmp", FolderWorld.Noise(2));
        await _world.SyncAsync();
        string hashOfA = (await _world.ListAsync()).Single(static face => face.Source == "anna/a.bmp").ContentHash;

        _world.Put("anna/a.bmp", FolderWorld.Noise(2));
        _world.Put("ben/b.bmp", FolderWorld.Noise(1));
        Touch("anna/a.bmp", "ben/b.bmp");
        var (_, pictures) = await _world.SyncAsync();

        pictures.ShouldBe(0);
        (await _world.FacesAsync()).ShouldBe(["anna anna/a.bmp", "ben ben/b.bmp"]);
        (await _world.ListAsync()).Single(static face => face.Source == "ben/b.bmp").ContentHash.ShouldBe(hashOfA);
    }

    [Fact]
    public async Task Run_FolderOfAPersonRenamed_FacesFollow()
    {
        for (int i = 0; i < 5; i++)
        {
            _world.Put($"anna/{i}.bmp", FolderWorld.Noise(i));
        }

        await _world.SyncAsync();
        Directory.Move(_world.At("anna"), _world.At("anne"));

        var (result, pictures) = await _world.SyncAsync();

        (pictures, result.Enrolled, result.Removed).ShouldBe((0, 0, 0));
        (await _world.FacesAsync()).ShouldBe(["anne anne/0.bmp", "anne anne/1.bmp", "anne anne/2.bmp", "anne anne/3.bmp", "anne anne/4.bmp"]);
        (await _world.Store.FindSubjectAsync(FolderWorld.Gallery, "anna", TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task Run_ContentReplaced_NewFacesTakeThePlaceOfTheOld()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        await _world.SyncAsync();
        long old = (await _world.ListAsync()).Single().Id;

        _world.Put("anna/a.bmp", FolderWorld.Noise(2));
        Touch("anna/a.bmp");
        var (result, pictures) = await _world.SyncAsync();

        (pictures, result.Enrolled, result.Removed).ShouldBe((1, 1, 1));
        (await _world.ListAsync()).Single().Id.ShouldNotBe(old);
    }

    [Fact]
    public async Task Run_ReplacedByWhatIsNoPicture_FacesAreRemoved()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        _world.Put("anna/b.bmp", FolderWorld.Noise(2));
        await _world.SyncAsync();

        _world.Put("anna/a.bmp", "no longer a picture"u8.ToArray());
        Touch("anna/a.bmp");
        var (result, _) = await _world.SyncAsync();

        (result.Removed, result.Problems).ShouldBe((1, 1));
        (await _world.FacesAsync()).ShouldBe(["anna anna/b.bmp"]);
    }

    [Fact]
    public async Task Run_FileRemoved_ItsFacesGoUnlessAnotherFileHasTheSameContent()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        _world.Put("anna/same.bmp", FolderWorld.Noise(1));
        _world.Put("anna/b.bmp", FolderWorld.Noise(2));
        _world.Put("ben/b.bmp", FolderWorld.Noise(2));
        var (first, pictures) = await _world.SyncAsync();
        (pictures, first.Enrolled).ShouldBe((2, 3));

        File.Delete(_world.At("anna/a.bmp"));
        File.Delete(_world.At("anna/b.bmp"));
        var (result, _) = await _world.SyncAsync();

        result.Removed.ShouldBe(1);
        (await _world.FacesAsync()).ShouldBe(["anna anna/same.bmp", "ben ben/b.bmp"]);
        await ShouldAllBeEmbeddedAsync(models.Plan(detector: "skip").Space);
    }

    [Fact]
    public async Task Run_FaceDeletedByAClient_DoesNotComeBackWithAnotherFilesRemoval()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        _world.Put("ben/same.bmp", FolderWorld.Noise(1));
        await _world.SyncAsync();
        await _world.Store.DeleteSubjectAsync(FolderWorld.Gallery, "ben", TestContext.Current.CancellationToken);

        File.Delete(_world.At("anna/a.bmp"));
        await _world.SyncAsync();

        (await _world.FacesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_FacesOfClients_AreNotTouched()
    {
        var plan = models.Plan(detector: "skip");
        byte[] picture = FolderWorld.Noise(1);
        var read = (await models.Reader.ReadAsync(picture, plan, TestContext.Current.CancellationToken)).Single();
        string hash = Convert.ToHexStringLower(SHA256.HashData(picture));
        await _world.Store.EnrolAsync(
            FolderWorld.Gallery, [new("anna", hash, 0, read.Area, read.Confidence, Source: null, read.Thumbnail, [new(plan.Space, read.Embedding)])], TestContext.Current.CancellationToken);
        _world.Put("anna/a.bmp", picture);
        _world.Put("ben/b.bmp", FolderWorld.Noise(2));

        await _world.SyncAsync();
        (await _world.FacesAsync()).ShouldBe(["anna -", "ben ben/b.bmp"]); // the same face of the same picture is kept once

        File.Delete(_world.At("anna/a.bmp"));
        await _world.SyncAsync();
        (await _world.FacesAsync()).ShouldBe(["anna -", "ben ben/b.bmp"]);
    }

    [Fact]
    public async Task Run_RootMissing_KeepsEverythingAndSaysSo()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        await _world.SyncAsync();
        string elsewhere = $"{_world.Root}-elsewhere";
        Directory.Move(_world.Root, elsewhere);
        try
        {
            (await _world.RunAsync()).Error.ShouldBe("The folder does not exist.");

            Directory.CreateDirectory(_world.Root); // as it is when the volume is not mounted
            (await _world.RunAsync()).Error.ShouldNotBeNull().ShouldContain("empty");
            (await _world.FacesAsync()).ShouldBe(["anna anna/a.bmp"]);
            Directory.Delete(_world.Root);
        }
        finally
        {
            Directory.Move(elsewhere, _world.Root);
        }

        (await _world.SyncAsync()).Result.Read.ShouldBe(0);
    }

    [Fact]
    public async Task Run_LastPictureRemovedButItsFolderLeft_FacesAreRemoved()
    {
        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        await _world.SyncAsync();

        File.Delete(_world.At("anna/a.bmp"));
        await _world.SyncAsync();

        (await _world.FacesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_FolderOrFileMayNotBeRead_KeepsItsFacesAndListsIt()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("nothing is forbidden to this user");
            return;
        }

        _world.Put("anna/a.bmp", FolderWorld.Noise(1));
        _world.Put("ben/b.bmp", FolderWorld.Noise(2));
        await _world.SyncAsync();

        _world.Put("ben/b.bmp", FolderWorld.Noise(3));
        Touch("ben/b.bmp");
        File.SetUnixFileMode(_world.At("ben/b.bmp"), UnixFileMode.None);
        File.SetUnixFileMode(_world.At("anna"), UnixFileMode.None);
        var (result, _) = await _world.SyncAsync();
        File.SetUnixFileMode(_world.At("anna"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        result.Problems.ShouldBe(2);
        (await _world.FacesAsync()).ShouldBe(["anna anna/a.bmp", "ben ben/b.bmp"]);
        var problems = await _world.ProblemsAsync();
        problems["anna/"].ShouldBe("the folder cannot be listed");
        problems["ben/b.bmp"].ShouldBe("cannot be read");

        File.SetUnixFileMode(_world.At("ben/b.bmp"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await _world.SyncAsync()).Result.Problems.ShouldBe(0);
        (await _world.ProblemsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_Links_AreFollowedToFilesInsideOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        string outside = Directory.CreateTempSubdirectory("faceaspire-outside-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(outside, "secret.bmp"), FolderWorld.Noise(1), TestContext.Current.CancellationToken);
            _world.Put("anna/a.bmp", FolderWorld.Noise(2));
            Directory.CreateDirectory(_world.At("ben"));
            File.CreateSymbolicLink(_world.At("ben/inside.bmp"), _world.At("anna/a.bmp"));
            File.CreateSymbolicLink(_world.At("ben/outside.bmp"), Path.Combine(outside, "secret.bmp"));
            File.CreateSymbolicLink(_world.At("ben/nowhere.bmp"), Path.Combine(outside, "nothing.bmp"));
            File.CreateSymbolicLink(_world.At("ben/loop.bmp"), _world.At("ben/loop.bmp"));
            Directory.CreateSymbolicLink(_world.At("carl"), outside);
            Directory.CreateSymbolicLink(_world.At("ben/up"), _world.Root);
            File.CreateSymbolicLink(_world.At("ben/through.bmp"), _world.At("carl/secret.bmp"));

            var (result, _) = await _world.SyncAsync();

            result.Problems.ShouldBe(0);
            (await _world.FacesAsync()).ShouldBe(["anna anna/a.bmp", "ben ben/inside.bmp"]);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task Run_FileGoesWhileOthersAreRead_IsNoError()
    {
        for (int i = 0; i < 20; i++)
        {
            _world.Put($"anna/{i:00}.bmp", FolderWorld.Noise(i));
        }

        models.Before = _ =>
        {
            File.Delete(_world.At("anna/19.bmp"));
            return Task.CompletedTask;
        };
        var (result, _) = await _world.SyncAsync();
        models.Before = static _ => Task.CompletedTask;

        (result.Enrolled, result.Problems).ShouldBe((19, 0));
    }

    [Fact]
    public async Task Run_StoppedInTheMiddleAndStartedAgain_GoesOnFromThere()
    {
        const int Files = 200;
        for (int i = 0; i < Files; i++)
        {
            _world.Put($"anna/{i:000}.bmp", FolderWorld.Noise(i));
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int before = models.Pictures;
        models.Before = async token =>
        {
            if (models.Pictures - before > 150)
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            }
        };
        await Should.ThrowAsync<OperationCanceledException>(() => _world.RunAsync(cancellationToken: stop.Token));
        models.Before = static _ => Task.CompletedTask;
        _world.Restart();
        int kept = (await _world.ListAsync()).Count;
        kept.ShouldBeInRange(64, Files - 1); // whole batches at least

        var (result, pictures) = await _world.SyncAsync();

        result.Enrolled.ShouldBe(Files - kept);
        pictures.ShouldBe(Files - kept);
        (await _world.ListAsync()).Select(static face => face.Source).Distinct().Count().ShouldBe(Files);
    }

    [Fact]
    public async Task Run_EndedBetweenFacesAndTheirFile_LeavesNoFaceBehind()
    {
        var plan = models.Plan(detector: "skip");
        _world.Put("ben/b.bmp", FolderWorld.Noise(2));
        await _world.SyncAsync();
        var read = (await models.Reader.ReadAsync(FolderWorld.Noise(1), plan, TestContext.Current.CancellationToken)).Single();
        string hash = Convert.ToHexStringLower(SHA256.HashData(FolderWorld.Noise(1)));
        await _world.Store.EnrolAsync(
            FolderWorld.Gallery, [new("anna", hash, 0, read.Area, 0, "anna/gone.bmp", read.Thumbnail, [new(plan.Space, read.Embedding)])], TestContext.Current.CancellationToken);
        _world.Restart();

        await _world.SyncAsync();

        (await _world.FacesAsync()).ShouldBe(["ben ben/b.bmp"]);
    }

    [Fact]
    public async Task Run_ForAnotherSpace_AddsItsEmbeddingsToTheSameFaces()
    {
        _world.Put("anna/a.jpg", FolderWorld.Sample("anna"));
        _world.Put("ben/b.jpg", FolderWorld.Sample("ben"));
        await _world.SyncAsync(models.Plan());
        var before = await _world.ListAsync();

        var (result, _) = await _world.SyncAsync(models.Plan(AlignmentMode.DeepFace));

        (result.Embedded, result.Enrolled, result.Removed).ShouldBe((2, 0, 0));
        (await _world.ListAsync()).ShouldBe(before, new SameFaces());
        var spaces = (await _world.Store.FindGalleryAsync(FolderWorld.Gallery, TestContext.Current.CancellationToken))!.Spaces;
        spaces.Select(static space => (space.Space.Alignment, space.Faces, space.IsActive)).ShouldBe([("native", 2, true), ("deepface", 2, false)]);
        foreach (var plan in (Gallery.Reading.RecognitionPlan[])[models.Plan(), models.Plan(AlignmentMode.DeepFace)])
        {
            await foreach (var (face, embedding) in _world.Store.StreamAsync(FolderWorld.Gallery, plan.Space, TestContext.Current.CancellationToken))
            {
                var fresh = (await models.Reader.ReadAsync(FolderWorld.Sample(face.Subject), plan, TestContext.Current.CancellationToken)).Single();
                embedding!.Value.Values.ToArray().ShouldBe(fresh.Embedding.Values.ToArray(), tolerance: 1e-5);
            }
        }
    }

    [Fact]
    public async Task Run_ThousandsOfPicturesUnchanged_ReadsNoneWithinASecond()
    {
        const int Files = 2_000; // ten thousand may take 3 s
        for (int i = 0; i < Files; i++)
        {
            _world.Put($"{i / 100:000}/{i:00000}.bmp", FolderWorld.Noise(i));
        }

        var (first, pictures) = await _world.SyncAsync();
        (first.Files, first.Read, first.Enrolled, pictures).ShouldBe((Files, Files, Files, Files));
        var times = new List<TimeSpan>();
        for (int i = 0; i < 3; i++)
        {
            long start = TimeProvider.System.GetTimestamp();
            _world.Restart();
            var (again, none) = await _world.SyncAsync();
            times.Add(TimeProvider.System.GetElapsedTime(start));
            (again.Files, again.ToRead, again.Read, again.Enrolled, none).ShouldBe((Files, 0, 0, 0, 0));
        }

        // The least of three: other work on the machine is none of ours.
        TestContext.Current.TestOutputHelper?.WriteLine($"ready after {string.Join(", ", times.Select(static time => $"{time.TotalMilliseconds:0} ms"))}");
        times.Min().ShouldBeLessThan(TimeSpan.FromSeconds(0.6));

        _world.Put("000/new.bmp", FolderWorld.Noise(Files));
        var (added, one) = await _world.SyncAsync();
        (added.ToRead, added.Enrolled, one).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task Run_Working_TellsHowFarItIs()
    {
        for (int i = 0; i < 10; i++)
        {
            _world.Put($"anna/{i}.bmp", FolderWorld.Noise(i));
        }

        var told = new Steps();
        await _world.RunAsync(progress: told);

        told.Told[0].IsRunning.ShouldBeTrue();
        told.Told.Select(static step => step.Read).ShouldBeInOrder();
        told.Told.ShouldContain(static step => step.Read == 5 && step.ToRead == 10 && step.IsRunning);
        told.Told[^1].IsRunning.ShouldBeFalse();
        told.Told[^1].FinishedAt.ShouldNotBeNull().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    private async Task ShouldAllBeEmbeddedAsync(EmbeddingSpace space)
    {
        await foreach (var (face, embedding) in _world.Store.StreamAsync(FolderWorld.Gallery, space, TestContext.Current.CancellationToken))
        {
            embedding.ShouldNotBeNull(face.Source);
        }
    }

    /// <summary>Gives files another time: what is written twice within a millisecond looks the same.</summary>
    private void Touch(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
        {
            File.SetLastWriteTimeUtc(_world.At(path), DateTime.UtcNow.AddSeconds(2));
        }
    }

    private sealed class Steps : IProgress<FolderSyncProgress>
    {
        public List<FolderSyncProgress> Told { get; } = [];

        public void Report(FolderSyncProgress value) => Told.Add(value);
    }

    /// <summary>Faces are the same when all but their lists are: records compare those by reference.</summary>
    private sealed class SameFaces : IEqualityComparer<EnrolledFace>
    {
        public bool Equals(EnrolledFace? x, EnrolledFace? y) => x is not null && y is not null && Plain(x) == Plain(y);

        public int GetHashCode(EnrolledFace obj) => Plain(obj).GetHashCode();

        private static EnrolledFace Plain(EnrolledFace face) => face with { Area = new FacialArea(face.Area.X, face.Area.Y, face.Area.W, face.Area.H) };
    }
}
