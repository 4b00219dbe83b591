using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Recognition;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests;

/// <summary>What every store does, edge by edge. A store's tests inherit it.</summary>
public abstract class FaceGalleryContract
{
    private protected const string Gallery = "contract";

    private protected static readonly FaceSearch Five = new(DistanceMetric.Cosine, 5);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether a search may miss a face or order two that are equally far differently. Then galleries are small enough here that it does not.</summary>
    protected virtual bool IsApproximate => false;

    /// <summary>An empty store; who inherits ends it with the test.</summary>
    private protected abstract Task<IFaceGallery> OpenAsync();

    [Fact]
    public async Task ListGalleries_NewStore_IsEmpty() => (await (await OpenAsync()).ListGalleriesAsync(Token)).ShouldBeEmpty();

    [Fact]
    public async Task WriteNote_Twice_TheLastIsRead()
    {
        var store = await OpenAsync();
        (await store.ReadNoteAsync("model", Token)).ShouldBeNull();
        await store.WriteNoteAsync("model", "one", Token);
        await store.WriteNoteAsync("other", "", Token);
        await store.WriteNoteAsync("model", "two 😀", Token);

        (await store.ReadNoteAsync("model", Token)).ShouldBe("two 😀");
        (await store.ReadNoteAsync("other", Token)).ShouldBe("");
        (await store.ListGalleriesAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task CreateGallery_Twice_IsNewOnceAndEmpty()
    {
        var store = await OpenAsync();
        (await store.CreateGalleryAsync(Gallery, Token)).ShouldBeTrue();
        (await store.CreateGalleryAsync(Gallery, Token)).ShouldBeFalse();

        var entry = (await store.ListGalleriesAsync(Token)).ShouldHaveSingleItem();
        (entry.Name, entry.Subjects, entry.Faces, entry.Spaces.Count, entry.ActiveSpace).ShouldBe((Gallery, 0, 0, 0, null));
        entry.CreatedAt.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(1));
        (entry.CreatedAt.UtcTicks % TimeSpan.TicksPerMillisecond).ShouldBe(0);
    }

    [Fact]
    public async Task ListGalleries_Several_AreInOrdinalOrder()
    {
        var store = await OpenAsync();
        foreach (string name in (string[])["b", "a", "B", "a-1", "10", "9"])
        {
            await store.CreateGalleryAsync(name, Token);
        }

        (await store.ListGalleriesAsync(Token)).Select(static entry => entry.Name).ShouldBe(["10", "9", "B", "a", "a-1", "b"]);
    }

    [Fact]
    public async Task EveryMember_GalleryIsAbsent_IsNullFalseOrEmpty()
    {
        var store = await OpenAsync();
        (await store.FindGalleryAsync(Gallery, Token)).ShouldBeNull();
        (await store.DeleteGalleryAsync(Gallery, Token)).ShouldBeFalse();
        (await store.ListSubjectsAsync(Gallery, null, 10, Token)).ShouldBeEmpty();
        (await store.FindSubjectAsync(Gallery, "Ada", Token)).ShouldBeNull();
        (await store.SetMetadataAsync(Gallery, "Ada", new Dictionary<string, string>(), Token)).ShouldBeFalse();
        (await store.MoveSubjectAsync(Gallery, "Ada", "Eve", mayMerge: true, Token)).ShouldBe(default);
        (await store.DeleteSubjectAsync(Gallery, "Ada", Token)).ShouldBeFalse();
        (await store.ListFacesAsync(Gallery, null, 0, 10, Token)).ShouldBeEmpty();
        (await store.FindFaceAsync(Gallery, 1, Token)).ShouldBeNull();
        (await store.FindFacesOfAsync(Gallery, Hash(1), Token)).ShouldBeEmpty();
        (await store.ReadThumbnailAsync(Gallery, 1, Token)).ShouldBeNull();
        (await store.MoveFaceAsync(Gallery, 1, "Ada", null, Token)).ShouldBeFalse();
        (await store.DeleteFacesAsync(Gallery, [1], Token)).ShouldBe(0);
        (await store.StreamAsync(Gallery, Space, Token).ToListAsync(Token)).ShouldBeEmpty();
        await store.AddEmbeddingsAsync(Gallery, Space, [(1, Vector(1))], Token);
        (await store.CompleteSpaceAsync(Gallery, Space, activate: true, Token)).ShouldBeFalse();
        (await store.DeleteSpaceAsync(Gallery, Space, Token)).ShouldBeFalse();
        (await store.SearchAsync(Gallery, Space, [Vector(1), Vector(2)], Five, Token)).ShouldBe([[], []]);
        (await store.ListFilesAsync(Gallery, Token).ToListAsync(Token)).ShouldBeEmpty();
        await store.RemoveFilesAsync(Gallery, ["a.jpg"], Token);

        (await store.ListGalleriesAsync(Token)).ShouldBeEmpty("asking for a gallery must not make it");
    }

    [Fact]
    public async Task Enrol_NewGallery_MakesGallerySubjectSpaceAndFace()
    {
        var store = await OpenAsync();
        var enrolment = Face("Ada", 7);
        var (face, isNew) = (await store.EnrolAsync(Gallery, [enrolment], Token)).ShouldHaveSingleItem();

        isNew.ShouldBeTrue();
        face.Id.ShouldBePositive();
        (face.Subject, face.ContentHash, face.FaceIndex, face.Confidence, face.Source, face.HasThumbnail).ShouldBe(("Ada", Hash(7), 1, 0.85, "Ada/7.jpg", true));
        Observed.Text(face.Area).ShouldBe(Observed.Text(enrolment.Area));
        (face.EnrolledAt.UtcTicks % TimeSpan.TicksPerMillisecond).ShouldBe(0);
        Observed.Text(await store.FindFaceAsync(Gallery, face.Id, Token)).ShouldBe(Observed.Text(face));
        (await store.ReadThumbnailAsync(Gallery, face.Id, Token)).ShouldNotBeNull().ToArray().ShouldBe(Thumbnail(7));

        var entry = (await store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        (entry.Subjects, entry.Faces, entry.ActiveSpace).ShouldBe((1, 1, Space));
        entry.Spaces.ShouldBe([new(Space, Faces: 1, IsComplete: true, IsActive: true)]);
        var subject = (await store.FindSubjectAsync(Gallery, "Ada", Token)).ShouldNotBeNull();
        (subject.Name, subject.Faces, subject.Metadata.Count).ShouldBe(("Ada", 1, 0));
    }

    [Fact]
    public async Task Enrol_OnlyEmbeddingWasSent_KeepsNullsAsNull()
    {
        var store = await OpenAsync();
        var enrolment = Face("Ada", 3) with { Area = new(null, null, null, null) };
        var (face, _) = (await store.EnrolAsync(Gallery, [enrolment], Token))[0];

        (face.HasThumbnail, face.Source).ShouldBe((false, null));
        Observed.Text(face.Area).ShouldBe(Observed.Text(enrolment.Area));
        (await store.ReadThumbnailAsync(Gallery, face.Id, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Enrol_SameFaceAgain_IsKeptOnceAndUnchanged()
    {
        var store = await OpenAsync();
        var first = (await store.EnrolAsync(Gallery, [Face("Ada", 7)], Token))[0];
        var changed = Face("Ada", 7) with { Confidence = 0.1, Source = "other.jpg", Thumbnail = Thumbnail(1), Embeddings = [new(Space, Vector(99))] };
        var again = (await store.EnrolAsync(Gallery, [changed], Token))[0];

        again.Created.ShouldBeFalse();
        Observed.Text(again.Face).ShouldBe(Observed.Text(first.Face));
        (await store.FindGalleryAsync(Gallery, Token))!.Faces.ShouldBe(1);
        (await store.StreamAsync(Gallery, Space, Token).ToListAsync(Token))[0].Embedding!.Value.Values.ToArray().ShouldBe(Vector(7).Values.ToArray());
    }

    [Fact]
    public async Task Enrol_SameFaceTwiceInOneCall_IsKeptOnceWithOneId()
    {
        var results = await (await OpenAsync()).EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2), Face("Ada", 1)], Token);

        results.Select(static result => result.Created).ShouldBe([true, true, false]);
        results[2].Face.Id.ShouldBe(results[0].Face.Id);
        results[1].Face.Id.ShouldNotBe(results[0].Face.Id);
    }

    [Fact]
    public async Task Enrol_FaceOfAFileAndSentInOneCall_AnswersTwiceWhatIsKept()
    {
        var results = await (await OpenAsync()).EnrolAsync(Gallery, [Face("Ada", 7), Face("Ada", 7) with { Source = null }], Token);

        results.Select(static result => (result.Created, result.Face.Source)).ShouldBe([(true, null), (false, null)]);
    }

    [Fact]
    public async Task Enrol_SamePictureUnderOtherSubjectOrIndex_AreDifferentFaces()
    {
        var store = await OpenAsync();
        var results = await store.EnrolAsync(Gallery, [Face("Ada", 2), Face("Eve", 2), Face("Ada", 2) with { FaceIndex = 5 }], Token);

        results.ShouldAllBe(static result => result.Created);
        (await store.FindFacesOfAsync(Gallery, Hash(2), Token)).Select(static face => face.Id).ShouldBe(results.Select(static result => result.Face.Id));
        (await store.FindFacesOfAsync(Gallery, Hash(3), Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Enrol_KnownFaceWithAnotherSpace_AddsItsEmbeddingOnly()
    {
        var store = await OpenAsync();
        long face = (await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Face.Id;
        (await store.EnrolAsync(Gallery, [Face("Ada", 1, OtherSpace)], Token))[0].Created.ShouldBeFalse();

        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.ShouldBe([new(Space, 1, IsComplete: true, IsActive: true), new(OtherSpace, 1, IsComplete: false, IsActive: false)]);
        (await SearchAsync(store, OtherSpace, 1)).ShouldBe([face]);
        (await SearchAsync(store, Space, 1)).ShouldBe([face]);
    }

    [Fact]
    public async Task Enrol_FaceOfAFileIsSent_LosesTheFile()
    {
        var store = await OpenAsync();
        var face = (await store.EnrolAsync(Gallery, [Face("Ada", 7)], Token))[0].Face;
        var (sent, isNew) = (await store.EnrolAsync(Gallery, [Face("Ada", 7) with { Source = null }], Token))[0];

        isNew.ShouldBeFalse();
        Observed.Text(sent).ShouldBe(Observed.Text(face with { Source = null }));
        Observed.Text(await store.FindFaceAsync(Gallery, face.Id, Token)).ShouldBe(Observed.Text(sent));
    }

    [Fact]
    public async Task Enrol_FaceThatWasSentIsInAFile_StaysWithoutFile()
    {
        var store = await OpenAsync();
        var face = (await store.EnrolAsync(Gallery, [Face("Ada", 7) with { Source = null }], Token))[0].Face;
        Observed.Text((await store.EnrolAsync(Gallery, [Face("Ada", 7)], Token))[0].Face).ShouldBe(Observed.Text(face));

        (await store.FindFaceAsync(Gallery, face.Id, Token))!.Source.ShouldBeNull();
    }

    [Fact]
    public async Task Enrol_FifthSpace_IsRefusedAndKeepsNothing()
    {
        var store = await OpenAsync();
        EmbeddingSpace[] spaces = [.. Enumerable.Range(0, IFaceGallery.MaxSpaces + 1).Select(static i => Space with { ExpandPercentage = i })];
        await ShouldBeInvalidAsync(() => store.EnrolAsync(Gallery, [Face("Ada", 1, spaces)], Token));
        (await store.FindGalleryAsync(Gallery, Token)).ShouldBeNull();

        await store.EnrolAsync(Gallery, [Face("Ada", 1, spaces.AsSpan()[..^1])], Token);
        string before = await SeenAsync(store);
        await ShouldBeInvalidAsync(() => store.EnrolAsync(Gallery, [Face("Ada", 2, spaces[0]), Face("Eve", 4, spaces[^1])], Token));
        (await SeenAsync(store)).ShouldBe(before);

        await store.EnrolAsync(Gallery, [Face("Eve", 4, spaces[3])], Token);
        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.Count.ShouldBe(IFaceGallery.MaxSpaces);
    }

    [Fact]
    public async Task Enrol_FirstFaceWithTwoSpaces_ActivatesTheFirst()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1, OtherSpace, Space)], Token);

        var entry = (await store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        entry.Spaces.ShouldBe([new(OtherSpace, 1, IsComplete: true, IsActive: true), new(Space, 1, IsComplete: false, IsActive: false)]);
        entry.ActiveSpace.ShouldBe(OtherSpace);
    }

    [Fact]
    public async Task Enrol_OneFaceOfABatchIsInvalid_KeepsNone()
    {
        var store = await OpenAsync();
        var wrong = Face("Eve", 2) with { Embeddings = [new(Space, Vector(2, OtherSpace))] };
        await Should.ThrowAsync<ArgumentException>(() => store.EnrolAsync(Gallery, [Face("Ada", 1), wrong], Token));

        (await store.ListFacesAsync(Gallery, null, 0, 10, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Enrol_Cancelled_KeepsNone()
    {
        var store = await OpenAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => store.EnrolAsync(Gallery, [Face("Ada", 1)], new CancellationToken(canceled: true)));

        (await store.ListFacesAsync(Gallery, null, 0, 10, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Enrol_SameNameInTwoGalleries_DoNotMeet()
    {
        var store = await OpenAsync();
        long one = (await store.EnrolAsync("one", [Face("Ada", 1)], Token))[0].Face.Id;
        long two = (await store.EnrolAsync("two", [Face("Ada", 2)], Token))[0].Face.Id;

        (await store.SearchAsync("one", Space, [Vector(2)], Five, Token))[0].ShouldHaveSingleItem().Face.Id.ShouldBe(one);
        (await store.DeleteSubjectAsync("one", "Ada", Token)).ShouldBeTrue();
        (await store.ListFacesAsync("two", "Ada", 0, 10, Token)).ShouldHaveSingleItem().Id.ShouldBe(two);
        if (two != one)
        {
            (await store.FindFaceAsync("one", two, Token)).ShouldBeNull();
            (await store.ReadThumbnailAsync("one", two, Token)).ShouldBeNull();
            (await store.DeleteFacesAsync("one", [two], Token)).ShouldBe(0);
            (await store.MoveFaceAsync("one", two, "Eve", null, Token)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Enrol_AfterDeletion_NeverUsesAnIdAgain()
    {
        var store = await OpenAsync();
        long first = (await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Face.Id;
        await store.DeleteFacesAsync(Gallery, [first], Token);
        var (face, isNew) = (await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0];

        isNew.ShouldBeTrue();
        face.Id.ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task ListSubjects_Pages_AreInOrderOfCodePoints()
    {
        var store = await OpenAsync();
        string[] names = ["Zoë", "ada", "Ada", "Ad", "Ада", "Ｚ", "😀", "a b"];
        await store.EnrolAsync(Gallery, [.. names.Select(static (name, i) => Face(name, i + 1))], Token);

        string[] expected = ["Ad", "Ada", "Zoë", "a b", "ada", "Ада", "Ｚ", "😀"];
        (await store.ListSubjectsAsync(Gallery, null, 100, Token)).Select(static subject => subject.Name).ShouldBe(expected);
        (await store.ListSubjectsAsync(Gallery, null, 3, Token)).Select(static subject => subject.Name).ShouldBe(expected[..3]);
        (await store.ListSubjectsAsync(Gallery, "Zoë", 2, Token)).Select(static subject => subject.Name).ShouldBe(expected[3..5]);
        (await store.ListSubjectsAsync(Gallery, "B", 1, Token)).ShouldHaveSingleItem().Name.ShouldBe("Zoë", "the name behind which it starts need not be there");
        (await store.ListSubjectsAsync(Gallery, "😀", 10, Token)).ShouldBeEmpty();
        (await store.ListSubjectsAsync(Gallery, null, 0, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListFaces_Pages_AreInOrderOfIds()
    {
        var store = await OpenAsync();
        long[] ids = [.. (await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 9).Select(static i => Face(i % 2 == 0 ? "Eve" : "Ada", i))], Token)).Select(static result => result.Face.Id)];

        ids.ShouldBeInOrder();
        (await IdsAsync(store, null, 0, 100)).ShouldBe(ids);
        (await IdsAsync(store, null, 0, 4)).ShouldBe(ids[..4]);
        (await IdsAsync(store, null, ids[3], 4)).ShouldBe(ids[4..8]);
        (await IdsAsync(store, "Eve", ids[1], 2)).ShouldBe([ids[3], ids[5]]);
        (await IdsAsync(store, "nobody", 0, 10)).ShouldBeEmpty();
        (await IdsAsync(store, null, ids[8], 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task SetMetadata_KnownSubject_ReplacesAll()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        (await store.SetMetadataAsync(Gallery, "Ada", new Dictionary<string, string> { ["team"] = "red", ["quote\"s"] = "ü\n\\ \"x\"" }, Token)).ShouldBeTrue();
        (await store.FindSubjectAsync(Gallery, "Ada", Token))!.Metadata.OrderBy(static pair => pair.Key).ShouldBe([new("quote\"s", "ü\n\\ \"x\""), new("team", "red")]);

        (await store.SetMetadataAsync(Gallery, "Ada", new Dictionary<string, string> { ["floor"] = "2" }, Token)).ShouldBeTrue();
        (await store.ListSubjectsAsync(Gallery, null, 10, Token))[0].Metadata.ShouldBe([new("floor", "2")]);
        (await store.SetMetadataAsync(Gallery, "ada", new Dictionary<string, string>(), Token)).ShouldBeFalse("names have regard to case");
    }

    [Fact]
    public async Task MoveSubject_FreeName_RenamesAndKeepsEverything()
    {
        var store = await OpenAsync();
        var before = await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Ada", 2)], Token);
        await store.SetMetadataAsync(Gallery, "Ada", new Dictionary<string, string> { ["team"] = "red" }, Token);
        var created = (await store.FindSubjectAsync(Gallery, "Ada", Token))!.CreatedAt;

        var moved = (await store.MoveSubjectAsync(Gallery, "Ada", "Ada Lovelace", mayMerge: false, Token)).Subject.ShouldNotBeNull();
        (moved.Name, moved.Faces, moved.CreatedAt, moved.Metadata["team"]).ShouldBe(("Ada Lovelace", 2, created, "red"));
        (await store.FindSubjectAsync(Gallery, "Ada", Token)).ShouldBeNull();
        (await IdsAsync(store, "Ada Lovelace", 0, 10)).ShouldBe(before.Select(static result => result.Face.Id));
        (await store.SearchAsync(Gallery, Space, [Vector(1)], Five with { Subjects = ["Ada Lovelace"] }, Token))[0][0].Face.Subject.ShouldBe("Ada Lovelace");
        (await store.SearchAsync(Gallery, Space, [Vector(1)], Five with { Subjects = ["Ada"] }, Token))[0].ShouldBeEmpty();
    }

    [Fact]
    public async Task MoveSubject_ToItself_ChangesNothing()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        (await store.MoveSubjectAsync(Gallery, "Ada", "Ada", mayMerge: true, Token)).Subject.ShouldNotBeNull().Faces.ShouldBe(1);
        (await store.MoveSubjectAsync(Gallery, "Ada", "Ada", mayMerge: false, Token)).Subject.ShouldNotBeNull().Faces.ShouldBe(1);
        (await store.FindGalleryAsync(Gallery, Token))!.Faces.ShouldBe(1);
    }

    [Fact]
    public async Task MoveSubject_TakenName_MergesAndKeepsWhatBothHaveOnce()
    {
        var store = await OpenAsync();
        var before = await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Ada", 2), Face("Eve", 2), Face("Eve", 4)], Token);
        await store.SetMetadataAsync(Gallery, "Ada", new Dictionary<string, string> { ["from"] = "Ada" }, Token);
        await store.SetMetadataAsync(Gallery, "Eve", new Dictionary<string, string> { ["from"] = "Eve" }, Token);

        var merged = (await store.MoveSubjectAsync(Gallery, "Ada", "Eve", mayMerge: true, Token)).Subject.ShouldNotBeNull();
        (merged.Name, merged.Faces, merged.Metadata["from"]).ShouldBe(("Eve", 3, "Eve"));
        (await IdsAsync(store, "Eve", 0, 10)).ShouldBe([before[0].Face.Id, before[2].Face.Id, before[3].Face.Id]);
        (await store.FindSubjectAsync(Gallery, "Ada", Token)).ShouldBeNull();
        var entry = (await store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        (entry.Subjects, entry.Faces, entry.Spaces[0].Faces).ShouldBe((1, 3, 3));
        (await store.SearchAsync(Gallery, Space, [Vector(1)], Five with { Subjects = ["Eve"] }, Token))[0].Count.ShouldBe(3);
        (await store.SearchAsync(Gallery, Space, [Vector(2)], Five, Token))[0].Select(static match => match.Face.Subject).Distinct().ShouldBe(["Eve"]);
    }

    [Fact]
    public async Task MoveSubject_TakenNameAndMayNotMerge_ChangesNothing()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2)], Token);
        string before = await SeenAsync(store);

        (await store.MoveSubjectAsync(Gallery, "Ada", "Eve", mayMerge: false, Token)).ShouldBe(new SubjectMove(null, IsTaken: true));
        (await store.MoveSubjectAsync(Gallery, "nobody", "Eve", mayMerge: false, Token)).ShouldBe(new SubjectMove(null, IsTaken: false));

        (await SeenAsync(store)).ShouldBe(before);
    }

    [Fact]
    public async Task DeleteSubject_Known_RemovesItsFacesOnly()
    {
        var store = await OpenAsync();
        var before = await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2), Face("Ada", 4)], Token);
        (await store.DeleteSubjectAsync(Gallery, "Ada", Token)).ShouldBeTrue();
        (await store.DeleteSubjectAsync(Gallery, "Ada", Token)).ShouldBeFalse();

        (await IdsAsync(store, null, 0, 10)).ShouldBe([before[1].Face.Id]);
        (await store.FindSubjectAsync(Gallery, "Ada", Token)).ShouldBeNull();
        (await SearchAsync(store, Space, 1)).ShouldBe([before[1].Face.Id]);
        (await store.ReadThumbnailAsync(Gallery, before[0].Face.Id, Token)).ShouldBeNull();
        var entry = (await store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        (entry.Subjects, entry.Faces, entry.Spaces[0].Faces).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task DeleteFaces_SomeKnown_CountsThemAndRemovesEmptySubjects()
    {
        var store = await OpenAsync();
        long[] ids = [.. (await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2), Face("Ada", 4)], Token)).Select(static result => result.Face.Id)];
        (await store.DeleteFacesAsync(Gallery, [ids[1], ids[0], ids[1], 987_654], Token)).ShouldBe(2);
        (await store.DeleteFacesAsync(Gallery, [], Token)).ShouldBe(0);

        (await store.ListSubjectsAsync(Gallery, null, 10, Token)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            subject => subject.Name.ShouldBe("Ada"), subject => subject.Faces.ShouldBe(1));
        (await SearchAsync(store, Space, 2)).ShouldBe([ids[2]]);
        (await store.FindFaceAsync(Gallery, ids[0], Token)).ShouldBeNull();
    }

    [Fact]
    public async Task DeleteFaces_TheLastOfAGallery_LeavesItAsNew()
    {
        var store = await OpenAsync();
        long face = (await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Face.Id;
        await store.DeleteFacesAsync(Gallery, [face], Token);
        var emptied = (await store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull();
        (emptied.Subjects, emptied.Faces, emptied.Spaces.Count).ShouldBe((0, 0, 0));

        await store.EnrolAsync(Gallery, [Face("Ada", 1, OtherSpace)], Token);
        (await store.FindGalleryAsync(Gallery, Token))!.ActiveSpace.ShouldBe(OtherSpace, "its model may have changed meanwhile");
    }

    [Fact]
    public async Task DeleteGallery_WithContent_RemovesAllOfIt()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2, Space, OtherSpace)], Token);
        await store.PutFilesAsync(Gallery, [File("a.jpg")], Token);
        await store.EnrolAsync("other", [Face("Ada", 1)], Token);
        (await store.DeleteGalleryAsync(Gallery, Token)).ShouldBeTrue();

        (await store.ListGalleriesAsync(Token)).ShouldHaveSingleItem().Faces.ShouldBe(1);
        (await store.CreateGalleryAsync(Gallery, Token)).ShouldBeTrue();
        (await store.ListSubjectsAsync(Gallery, null, 10, Token)).ShouldBeEmpty();
        (await store.ListFacesAsync(Gallery, null, 0, 10, Token)).ShouldBeEmpty();
        (await store.ListFilesAsync(Gallery, Token).ToListAsync(Token)).ShouldBeEmpty();
        (await store.SearchAsync(Gallery, Space, [Vector(1)], Five, Token))[0].ShouldBeEmpty();
    }

    [Fact]
    public async Task MoveFace_OtherSubject_KeepsIdAndEmbeddings()
    {
        var store = await OpenAsync();
        var face = (await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Face;
        (await store.MoveFaceAsync(Gallery, face.Id, "Eve", "Eve/new.jpg", Token)).ShouldBeTrue();

        Observed.Text(await store.FindFaceAsync(Gallery, face.Id, Token)).ShouldBe(Observed.Text(face with { Subject = "Eve", Source = "Eve/new.jpg" }));
        (await store.FindSubjectAsync(Gallery, "Ada", Token)).ShouldBeNull();
        (await store.FindSubjectAsync(Gallery, "Eve", Token))!.Faces.ShouldBe(1);
        (await store.SearchAsync(Gallery, Space, [Vector(1)], Five with { Subjects = ["Eve"] }, Token))[0].ShouldHaveSingleItem().Distance.ShouldBe(0);
        (await store.FindGalleryAsync(Gallery, Token))!.ActiveSpace.ShouldBe(Space);
    }

    [Fact]
    public async Task MoveFace_SameSubject_ChangesTheSource()
    {
        var store = await OpenAsync();
        long face = (await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Face.Id;
        (await store.MoveFaceAsync(Gallery, face, "Ada", null, Token)).ShouldBeTrue();
        (await store.FindFaceAsync(Gallery, face, Token))!.Source.ShouldBeNull();
    }

    [Fact]
    public async Task MoveFace_SubjectHasThatFace_ChangesNothing()
    {
        var store = await OpenAsync();
        var before = await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 1)], Token);
        (await store.MoveFaceAsync(Gallery, before[0].Face.Id, "Eve", "new.jpg", Token)).ShouldBeFalse();
        (await store.MoveFaceAsync(Gallery, 987_654, "Zoe", null, Token)).ShouldBeFalse();

        Observed.Text(await store.FindFaceAsync(Gallery, before[0].Face.Id, Token)).ShouldBe(Observed.Text(before[0].Face));
        (await store.FindSubjectAsync(Gallery, "Zoe", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Stream_WithAndWithoutSpace_GivesEveryFaceInOrder()
    {
        var store = await OpenAsync();
        long[] ids = [.. (await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 600).Select(static i => Face($"s{i % 7}", i))], Token)).Select(static result => result.Face.Id)];
        await store.AddEmbeddingsAsync(Gallery, OtherSpace, [(ids[599], Vector(5, OtherSpace)), (ids[3], Vector(4, OtherSpace))], Token);

        var all = await store.StreamAsync(Gallery, Space, Token).ToListAsync(Token);
        all.Select(static face => face.Face.Id).ShouldBe(ids);
        for (int i = 0; i < ids.Length; i++)
        {
            all[i].Embedding!.Value.Values.Span.SequenceEqual(Vector(i + 1).Values.Span).ShouldBeTrue($"face {i}");
        }

        (await store.StreamAsync(Gallery, OtherSpace, Token).ToListAsync(Token)).Where(static face => face.Embedding is not null).Select(static face => face.Face.Id).ShouldBe([ids[3], ids[599]]);
        (await store.StreamAsync(Gallery, null, Token).ToListAsync(Token)).ShouldAllBe(static face => face.Embedding == null);
    }

    [Fact]
    public async Task Stream_FacesGoWhileItIsRead_GoesOnWithThoseThatAreThere()
    {
        var store = await OpenAsync();
        long[] ids = [.. (await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 1_000).Select(static i => Face("Ada", i))], Token)).Select(static result => result.Face.Id)];
        List<long> seen = [];
        await foreach (var face in store.StreamAsync(Gallery, null, Token))
        {
            if (seen.Count == 0)
            {
                await store.DeleteFacesAsync(Gallery, ids[900..], Token);
            }

            seen.Add(face.Face.Id);
        }

        (seen.Count, seen.SequenceEqual(ids[..900])).ShouldBe((900, true));
    }

    [Fact]
    public async Task AddEmbeddings_NewSpace_BeginsItIncompleteAndSkipsWhoIsGone()
    {
        var store = await OpenAsync();
        long[] ids = [.. (await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2)], Token)).Select(static result => result.Face.Id)];
        await store.AddEmbeddingsAsync(Gallery, OtherSpace, [(987_654, Vector(9, OtherSpace)), (ids[1], Vector(8, OtherSpace))], Token);

        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.ShouldBe([new(Space, 2, IsComplete: true, IsActive: true), new(OtherSpace, 1, IsComplete: false, IsActive: false)]);
        (await SearchAsync(store, OtherSpace, 8)).ShouldBe([ids[1]]);
        await Should.ThrowAsync<ArgumentException>(() => store.AddEmbeddingsAsync(Gallery, OtherSpace, [(ids[0], Vector(1))], Token));
    }

    [Fact]
    public async Task AddEmbeddings_NobodyIsThere_BeginsNothing()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        await store.AddEmbeddingsAsync(Gallery, OtherSpace, [(987_654, Vector(9, OtherSpace))], Token);
        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.ShouldHaveSingleItem().Space.ShouldBe(Space);
    }

    [Fact]
    public async Task AddEmbeddings_FifthSpace_IsRefusedUntilOneIsDeleted()
    {
        var store = await OpenAsync();
        EmbeddingSpace[] spaces = [.. Enumerable.Range(0, IFaceGallery.MaxSpaces).Select(static i => Space with { ExpandPercentage = i })];
        long face = (await store.EnrolAsync(Gallery, [Face("Ada", 1, spaces)], Token))[0].Face.Id;
        await ShouldBeInvalidAsync(() => store.AddEmbeddingsAsync(Gallery, OtherSpace, [(face, Vector(2, OtherSpace))], Token));
        await store.AddEmbeddingsAsync(Gallery, OtherSpace, [(987_654, Vector(2, OtherSpace))], Token);
        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.Select(static space => space.Space).ShouldBe(spaces);

        (await store.DeleteSpaceAsync(Gallery, spaces[2], Token)).ShouldBeTrue();
        await store.AddEmbeddingsAsync(Gallery, OtherSpace, [(face, Vector(2, OtherSpace))], Token);
        (await SearchAsync(store, OtherSpace, 2)).ShouldBe([face]);
    }

    [Fact]
    public async Task AddEmbeddings_FaceHasOne_ReplacesIt()
    {
        var store = await OpenAsync();
        long face = (await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token))[0].Face.Id;
        await store.AddEmbeddingsAsync(Gallery, Space, [(face, Vector(50)), (face, Vector(51))], Token);

        (await store.SearchAsync(Gallery, Space, [Vector(51)], Five, Token))[0].ShouldHaveSingleItem().Distance.ShouldBe(0);
        (await store.FindGalleryAsync(Gallery, Token))!.Spaces[0].Faces.ShouldBe(1);
        (await store.StreamAsync(Gallery, Space, Token).ToListAsync(Token))[0].Embedding!.Value.Values.ToArray().ShouldBe(Vector(51).Values.ToArray());
    }

    [Fact]
    public async Task CompleteSpace_Activated_IsFirstAndTheOldOneStaysComplete()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1, Space, OtherSpace)], Token);
        (await store.CompleteSpaceAsync(Gallery, OtherSpace, activate: false, Token)).ShouldBeTrue();
        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.ShouldBe([new(Space, 1, IsComplete: true, IsActive: true), new(OtherSpace, 1, IsComplete: true, IsActive: false)]);

        (await store.CompleteSpaceAsync(Gallery, OtherSpace, activate: true, Token)).ShouldBeTrue();
        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.ShouldBe([new(OtherSpace, 1, IsComplete: true, IsActive: true), new(Space, 1, IsComplete: true, IsActive: false)]);
        (await store.CompleteSpaceAsync(Gallery, Space with { ExpandPercentage = 1 }, activate: true, Token)).ShouldBeFalse();
        (await store.FindGalleryAsync(Gallery, Token))!.ActiveSpace.ShouldBe(OtherSpace);
    }

    [Fact]
    public async Task DeleteSpace_NotActive_RemovesItsEmbeddingsOnly()
    {
        var store = await OpenAsync();
        long face = (await store.EnrolAsync(Gallery, [Face("Ada", 1, Space, OtherSpace)], Token))[0].Face.Id;
        (await store.DeleteSpaceAsync(Gallery, Space, Token)).ShouldBeFalse("it is active");
        (await store.DeleteSpaceAsync(Gallery, OtherSpace, Token)).ShouldBeTrue();
        (await store.DeleteSpaceAsync(Gallery, OtherSpace, Token)).ShouldBeFalse();

        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.ShouldHaveSingleItem().Space.ShouldBe(Space);
        (await SearchAsync(store, OtherSpace, 1)).ShouldBeEmpty();
        (await SearchAsync(store, Space, 1)).ShouldBe([face]);
        await store.AddEmbeddingsAsync(Gallery, OtherSpace, [(face, Vector(5, OtherSpace))], Token);
        (await store.SearchAsync(Gallery, OtherSpace, [Vector(5, OtherSpace)], Five, Token))[0].ShouldHaveSingleItem().Distance.ShouldBe(0);
    }

    [Fact]
    public async Task DeleteSpace_OnlyOneOfAFace_RemovesNothing()
    {
        var store = await OpenAsync();
        long[] ids = [.. (await store.EnrolAsync(Gallery, [Face("Ada", 1, Space, OtherSpace), Face("Eve", 2)], Token)).Select(static result => result.Face.Id)];
        await store.CompleteSpaceAsync(Gallery, OtherSpace, activate: true, Token);
        (await store.DeleteSpaceAsync(Gallery, Space, Token)).ShouldBeFalse("Eve has no other embedding");
        (await SearchAsync(store, Space, 2)).ShouldBe([ids[1], ids[0]], ignoreOrder: true);

        await store.AddEmbeddingsAsync(Gallery, OtherSpace, [(ids[1], Vector(2, OtherSpace))], Token);
        (await store.DeleteSpaceAsync(Gallery, Space, Token)).ShouldBeTrue();
        (await store.FindGalleryAsync(Gallery, Token))!.Spaces.ShouldHaveSingleItem().ShouldBe(new(OtherSpace, 2, IsComplete: true, IsActive: true));
    }

    [Fact]
    public async Task Search_SpacesThatDifferInAnyPart_DoNotMeet()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        EmbeddingSpace[] others =
        [
            Space with { Model = "facelite" }, Space with { ModelVersion = "000000000000" }, Space with { Detector = "yunet" }, Space with { Alignment = "deepface" },
            Space with { Normalization = "raw" }, Space with { Align = false }, Space with { ExpandPercentage = 1 },
        ];
        foreach (var other in others)
        {
            (await store.SearchAsync(Gallery, other, [Vector(1)], Five, Token))[0].ShouldBeEmpty(other.Key);
        }
    }

    [Theory]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.EuclideanL2)]
    [InlineData(DistanceMetric.Angular)]
    public async Task Search_EveryMetric_FindsWhatComparingAllFinds(DistanceMetric metric)
    {
        var store = await OpenAsync();
        var faces = (await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 200).Select(static i => Face($"s{i % 20}", i))], Token)).Select(static result => result.Face).ToList();

        var found = await store.SearchAsync(Gallery, Space, [Vector(1_001), Vector(17)], new(metric, 10), Token);
        found.Count.ShouldBe(2);
        foreach (var (matches, probe) in found.Zip([Vector(1_001), Vector(17)]))
        {
            var expected = faces.Select((face, i) => (face.Id, Distance: EmbeddingDistance.Between(probe, Vector(i + 1), metric))).OrderBy(static hit => hit.Distance).Take(10);
            matches.Select(static match => (match.Face.Id, match.Distance)).ShouldBe(expected);
        }

        Observed.Text(found[1][0].Face).ShouldBe(Observed.Text(faces[16]));
    }

    [Fact]
    public async Task Search_MaxDistanceAndTopK_BoundTheAnswer()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 20).Select(static i => Face("Ada", i))], Token);
        var all = (await store.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 1_000), Token))[0];
        all.Count.ShouldBe(20);
        all.Select(static match => match.Distance).ShouldBeInOrder();

        double between = (all[6].Distance + all[7].Distance) / 2;
        (await store.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 1_000) { MaxDistance = between }, Token))[0].Count.ShouldBe(7);
        (await store.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 3) { MaxDistance = between }, Token))[0].Count.ShouldBe(3);
        (await store.SearchAsync(Gallery, Space, [Vector(500)], Five with { MaxDistance = 0.0001 }, Token))[0].ShouldBeEmpty();
        (await store.SearchAsync(Gallery, Space, [], Five, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Search_EqualVectors_AreOrderedById()
    {
        var store = await OpenAsync();
        var ids = (await store.EnrolAsync(Gallery, [.. Enumerable.Range(0, 12).Select(static i => Face($"s{11 - i}", 2 * i) with { Embeddings = [new(Space, Vector(1))] })], Token))
            .Select(static result => result.Face.Id)
            .ToList();
        var found = (await store.SearchAsync(Gallery, Space, [Vector(1)], Five, Token))[0].Select(static match => match.Face.Id).ToList();
        if (IsApproximate)
        {
            found.ShouldBeInOrder();
            found.ShouldBeSubsetOf(ids);
        }
        else
        {
            found.ShouldBe(ids[..5]);
        }
    }

    [Fact]
    public async Task Search_Subjects_OnlyTheirFaces()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [.. Enumerable.Range(1, 60).Select(static i => Face($"s{i % 6}", i))], Token);

        var found = (await store.SearchAsync(Gallery, Space, [Vector(1)], new FaceSearch(DistanceMetric.Cosine, 100) { Subjects = ["s2", "s5", "nobody"] }, Token))[0];
        found.Count.ShouldBe(20);
        found.Select(static match => match.Face.Subject).Distinct().Order().ShouldBe(["s2", "s5"]);
        (await store.SearchAsync(Gallery, Space, [Vector(1)], Five with { Subjects = ["nobody"] }, Token))[0].ShouldBeEmpty();
        (await store.SearchAsync(Gallery, Space, [Vector(1)], Five with { Subjects = [] }, Token))[0].ShouldBeEmpty();
    }

    [Fact]
    public async Task Search_Metadata_OnlySubjectsThatHaveAllOfIt()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1), Face("Eve", 2), Face("Zoe", 4)], Token);
        await store.SetMetadataAsync(Gallery, "Ada", new Dictionary<string, string> { ["team"] = "red", ["floor"] = "1" }, Token);
        await store.SetMetadataAsync(Gallery, "Eve", new Dictionary<string, string> { ["team"] = "red", ["floor"] = "2" }, Token);

        (await NamesAsync(("team", "red"))).ShouldBe(["Ada", "Eve"]);
        (await NamesAsync(("team", "red"), ("floor", "2"))).ShouldBe(["Eve"]);
        (await NamesAsync(("team", "Red"))).ShouldBeEmpty();
        (await NamesAsync(("team", "red"), ("desk", "2"))).ShouldBeEmpty();
        (await NamesAsync()).ShouldBe(["Ada", "Eve", "Zoe"], "to have all of nothing is no condition");

        var both = Five with { Subjects = ["Ada", "Zoe"], Metadata = new Dictionary<string, string> { ["team"] = "red" } };
        (await store.SearchAsync(Gallery, Space, [Vector(1)], both, Token))[0].ShouldHaveSingleItem().Face.Subject.ShouldBe("Ada");

        async Task<IEnumerable<string>> NamesAsync(params (string Name, string Value)[] wanted)
        {
            var search = Five with { Metadata = wanted.ToDictionary(static pair => pair.Name, static pair => pair.Value) };
            return (await store.SearchAsync(Gallery, Space, [Vector(1)], search, Token))[0].Select(static match => match.Face.Subject).Order();
        }
    }

    [Fact]
    public async Task Search_WrongArguments_Throws()
    {
        var store = await OpenAsync();
        await store.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        await Should.ThrowAsync<ArgumentException>(() => store.SearchAsync(Gallery, Space, [Vector(1, OtherSpace)], Five, Token));
        await Should.ThrowAsync<ArgumentException>(() => store.SearchAsync(Gallery, Space, [Vector(1)], Five with { TopK = 0 }, Token));
        await Should.ThrowAsync<OperationCanceledException>(() => store.SearchAsync(Gallery, Space, [Vector(1)], Five, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Files_PutReplacedRemoved_AreListedByPath()
    {
        var store = await OpenAsync();
        await store.PutFilesAsync(Gallery, [File("b/2.jpg"), File("a/1.jpg"), File("ä.png") with { ContentHash = null, Faces = 0, Problem = "not a picture" }], Token);
        await store.PutFilesAsync(Gallery, [File("a/1.jpg") with { Size = 99, SpaceKey = OtherSpace.Key }], Token);
        await store.RemoveFilesAsync(Gallery, ["b/2.jpg", "c.jpg"], Token);

        (await store.ListFilesAsync(Gallery, Token).ToListAsync(Token)).ShouldBe(
            [File("a/1.jpg") with { Size = 99, SpaceKey = OtherSpace.Key }, File("ä.png") with { ContentHash = null, Faces = 0, Problem = "not a picture" }]);
        (await store.FindGalleryAsync(Gallery, Token)).ShouldNotBeNull().Faces.ShouldBe(0, "a file is no face, but the gallery is there");
    }

    [Fact]
    public async Task Files_MoreThanAPage_AreAllListed()
    {
        var store = await OpenAsync();
        FolderFile[] files = [.. Enumerable.Range(0, 2_500).Select(static i => File($"{i:D5}.jpg"))];
        await store.PutFilesAsync(Gallery, files, Token);
        (await store.ListFilesAsync(Gallery, Token).ToListAsync(Token)).ShouldBe(files);
        await store.RemoveFilesAsync(Gallery, [.. files.Select(static file => file.Path)], Token);
        (await store.ListFilesAsync(Gallery, Token).ToListAsync(Token)).ShouldBeEmpty();
    }

    private protected static FolderFile File(string path) =>
        new(path, 1_234, new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddTicks(1_234_567), Hash(path.Length), 1, null, Space.Key);

    private static Task<string> SeenAsync(IFaceGallery store) => Observed.AllOfAsync(store, [Gallery], [Space], 1, static id => id, Token);

    private static async Task ShouldBeInvalidAsync(Func<Task> call) => (await Should.ThrowAsync<FaceAspireException>(call)).Code.ShouldBe(ErrorCode.ValidationError);

    private static async Task<IEnumerable<long>> IdsAsync(IFaceGallery store, string? subject, long after, int limit) =>
        (await store.ListFacesAsync(Gallery, subject, after, limit, Token)).Select(static face => face.Id);

    private static async Task<IEnumerable<long>> SearchAsync(IFaceGallery store, EmbeddingSpace space, int seed) =>
        (await store.SearchAsync(Gallery, space, [Vector(seed, space)], Five, Token))[0].Select(static match => match.Face.Id);
}
