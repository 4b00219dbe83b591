using System.Text.Json;

namespace FaceAspire.Recognition.Tests.Galleries;

public sealed class SubjectTests(GalleryFixture fixture) : IClassFixture<GalleryFixture>
{
    [Fact]
    public async Task Gallery_MadeTwice_IsThereOnceAndInTheList()
    {
        string gallery = fixture.NewGallery();

        await fixture.OkAsync("PUT", gallery);
        var shown = (await fixture.OkAsync("PUT", gallery)).GetProperty("gallery");

        shown.GetProperty("name").GetString().ShouldBe(gallery.Split('/')[^1]);
        (shown.GetProperty("subjects").GetInt32(), shown.GetProperty("faces").GetInt32(), shown.GetProperty("spaces").GetArrayLength()).ShouldBe((0, 0, 0));
        (await fixture.OkAsync("GET", "/api/v1/galleries")).GetProperty("galleries").EnumerateArray()
            .Count(one => one.GetProperty("name").GetString() == shown.GetProperty("name").GetString()).ShouldBe(1);
        fixture.Audit(gallery).ShouldHaveSingleItem().ShouldContain("create_gallery in");
    }

    [Fact]
    public async Task Gallery_WithAFace_TellsItsSpace()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        var space = (await fixture.OkAsync("GET", gallery)).GetProperty("gallery").GetProperty("spaces").EnumerateArray().ShouldHaveSingleItem();

        space.GetProperty("model").GetString().ShouldBe("FaceLite");
        space.GetProperty("dimension").GetInt32().ShouldBe(192);
        (space.GetProperty("complete").GetBoolean(), space.GetProperty("active").GetBoolean(), space.GetProperty("faces").GetInt32()).ShouldBe((true, true, 1));
    }

    [Fact]
    public async Task Gallery_Deleted_IsGoneWithItsSubjects()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        (await fixture.OkAsync("DELETE", gallery)).GetProperty("faces_deleted").GetInt32().ShouldBe(1);

        foreach (string path in (string[])["", "/subjects", "/subjects/anna", "/faces/1"])
        {
            await fixture.FailAsync(404, "not_found", "GET", gallery + path);
        }

        await fixture.FailAsync(404, "not_found", "DELETE", gallery);
        fixture.Audit(gallery).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Subjects_InPages_AreAllOfThemOnceByName()
    {
        string gallery = fixture.NewGallery();
        float[] embedding = await fixture.EmbeddingAsync(GalleryFixture.Anna);
        string[] names = ["Zoë", "anna", "b c", "ben", "李雷"];
        foreach (string name in names)
        {
            await fixture.OkAsync("POST", $"{gallery}/subjects/{Uri.EscapeDataString(name)}/faces", new { img = embedding });
        }

        List<string> seen = [];
        string? after = null;
        do
        {
            var page = await fixture.OkAsync("GET", $"{gallery}/subjects?limit=2&after={Uri.EscapeDataString(after ?? "")}");
            page.GetProperty("count").GetInt32().ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page.GetProperty("subjects").EnumerateArray().Select(static subject => subject.GetProperty("name").GetString()!));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);

        seen.ShouldBe(names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Faces_InPages_AreAllOfThemOnceById()
    {
        string gallery = fixture.NewGallery();
        long[] ids = [await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna), await fixture.EnrolAsync(gallery, "anna", GalleryFixture.AnnaLeaning), await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Ben)];

        var first = await fixture.OkAsync("GET", $"{gallery}/subjects/anna/faces?limit=2");
        var second = await fixture.OkAsync("GET", $"{gallery}/subjects/anna/faces?limit=2&after={first.GetProperty("next").GetInt64()}");

        first.GetProperty("faces").EnumerateArray().Concat(second.GetProperty("faces").EnumerateArray()).Select(static face => face.GetProperty("face_id").GetInt64()).ShouldBe(ids);
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        GalleryFixture.Names(second.GetProperty("faces")[0]).ShouldBe(["face_id", "subject", "hash", "face_index", "facial_area", "face_confidence", "source", "has_thumbnail", "enrolled_at"]);
    }

    [Theory]
    [InlineData("/subjects?limit=0", "limit")]
    [InlineData("/subjects?limit=1001", "limit")]
    [InlineData("/subjects?limit=ten", "limit")]
    [InlineData("/subjects/anna/faces?after=-1", "after")]
    [InlineData("/subjects/anna/faces?after=99999999999999999999", "after")]
    [InlineData("/export?include=everything", "include")]
    public async Task List_WrongQuery_IsNamed(string path, string field)
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        (await fixture.WrongFieldsAsync("GET", gallery + path)).ShouldBe([field]);
    }

    [Fact]
    public async Task Subject_Renamed_KeepsItsFaces()
    {
        string gallery = fixture.NewGallery();
        long face = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        var subject = (await fixture.OkAsync("PATCH", $"{gallery}/subjects/anna", new { name = "Anna K." + "x", metadata = new Dictionary<string, string> { ["team"] = "a" } }, "boss")).GetProperty("subject");

        subject.GetProperty("name").GetString().ShouldBe("Anna K.x");
        await fixture.FailAsync(404, "not_found", "GET", $"{gallery}/subjects/anna");
        (await fixture.OkAsync("GET", $"{gallery}/faces/{face}")).GetProperty("face").GetProperty("subject").GetString().ShouldBe("Anna K.x");
        (await fixture.OkAsync("GET", $"{gallery}/subjects/Anna%20K.x")).GetProperty("subject").GetProperty("metadata").GetProperty("team").GetString().ShouldBe("a");
        fixture.Audit(gallery)[^1].ShouldContain("subject 'anna' into 'Anna K.x', 1 faces, by boss");
        fixture.Audit(gallery).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Subject_RenamedToOneThatIsThere_IsRefusedAndMergedWhereAskedFor()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        await fixture.EnrolAsync(gallery, "anne", GalleryFixture.AnnaLeaning);
        await fixture.EnrolAsync(gallery, "anne", GalleryFixture.Anna);

        (await fixture.WrongFieldsAsync("PATCH", $"{gallery}/subjects/anne", new { name = "anna" })).ShouldBe(["name"]);
        var merged = (await fixture.OkAsync("PATCH", $"{gallery}/subjects/anne", new { merge_into = "anna" })).GetProperty("subject");

        (merged.GetProperty("name").GetString(), merged.GetProperty("faces").GetInt32()).ShouldBe(("anna", 2)); // one of the pictures both had
        await fixture.FailAsync(404, "not_found", "GET", $"{gallery}/subjects/anne");
        await fixture.FailAsync(404, "not_found", "PATCH", $"{gallery}/subjects/anna", new { merge_into = "nobody" });
        fixture.Audit(gallery).Count(static line => line.Contains("merge_subject", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Subject_WrongChange_IsRefused()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        (await fixture.WrongFieldsAsync("PATCH", $"{gallery}/subjects/anna", new { })).ShouldBe(["body"]);
        (await fixture.WrongFieldsAsync("PATCH", $"{gallery}/subjects/anna", new { name = "a", merge_into = "b" })).ShouldBe(["merge_into"]);
        (await fixture.WrongFieldsAsync("PATCH", $"{gallery}/subjects/anna", new { merge_into = "anna" })).ShouldBe(["merge_into"]);
        (await fixture.WrongFieldsAsync("PATCH", $"{gallery}/subjects/anna", new { name = "../x" })).ShouldBe(["name"]);
        (await fixture.WrongFieldsAsync("PATCH", $"{gallery}/subjects/anna", new { name = 1, metadata = (string[])["a"] })).ShouldBe(["name", "metadata"]);
        fixture.Audit(gallery).ShouldHaveSingleItem(); // the enrolment
    }

    [Fact]
    public async Task Subject_Deleted_LeavesNothingInTheFiles()
    {
        await using var host = await RecognitionHost.StartAsync();
        string marker = "marker-of-this-subject";
        await host.PostAsync($"/api/v1/galleries/g/subjects/{marker}/faces", new { img = GalleryFixture.Anna, metadata = new Dictionary<string, string> { ["note"] = "marker-of-this-note" } });
        await host.PostAsync("/api/v1/galleries/g/subjects/ben/faces", new { img = GalleryFixture.Ben });
        byte[] thumbnail = await host.Client.GetByteArrayAsync("/api/v1/galleries/g/faces/1/thumbnail", TestContext.Current.CancellationToken);
        byte[] embedding = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>((await host.RepresentAsync(GalleryFixture.Anna)).Answer.GetProperty("result")[0].GetProperty("embedding").Deserialize<float[]>()).ToArray();
        byte[][] traces = [System.Text.Encoding.UTF8.GetBytes(marker), "marker-of-this-note"u8.ToArray(), thumbnail[^300..^100], embedding[..64]];
        traces.ShouldAllBe(trace => Holds(host.DataFolder, trace));

        using var response = await host.Client.DeleteAsync($"/api/v1/galleries/g/subjects/{marker}", TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(200);
        traces.ShouldAllBe(trace => !Holds(host.DataFolder, trace));
    }

    [Fact]
    public async Task Face_Deleted_TakesItsSubjectAlongWhenItWasTheLast()
    {
        string gallery = fixture.NewGallery();
        long face = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        (await fixture.OkAsync("DELETE", $"{gallery}/faces/{face}")).GetProperty("faces_deleted").GetInt32().ShouldBe(1);

        await fixture.FailAsync(404, "not_found", "DELETE", $"{gallery}/faces/{face}");
        await fixture.FailAsync(404, "not_found", "GET", $"{gallery}/subjects/anna");
        (await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna)).ShouldBeGreaterThan(face);
    }

    [Fact]
    public async Task Thumbnail_OfAFace_IsAJpegThatNobodyKeeps()
    {
        string gallery = fixture.NewGallery();
        long face = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        using var response = await fixture.Host.Client.GetAsync($"{gallery}/faces/{face}/thumbnail", TestContext.Current.CancellationToken);

        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
        (response.Headers.CacheControl!.NoStore, response.Headers.CacheControl.Private).ShouldBe((true, true));
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        byte[] picture = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        picture.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]).ShouldBeTrue();
        (await fixture.Host.RepresentAsync(GalleryFixture.DataUri(picture))).Answer.GetProperty("count").GetInt32().ShouldBe(1); // a face is in it
    }

    private static bool Holds(string folder, byte[] trace) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static path => !path.EndsWith(".lock", StringComparison.Ordinal)).Any(path =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(trace) >= 0;
    });
}
