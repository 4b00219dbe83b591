using System.Text.Json;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAspire.Recognition.Tests.Galleries;

public sealed class EnrolTests(GalleryFixture fixture) : IClassFixture<GalleryFixture>
{
    [Fact]
    public async Task Enrol_SamePictureAgain_ExistsAndChangesNothing()
    {
        string gallery = fixture.NewGallery();

        var first = await EnrolAsync(gallery, "anna", new { img = GalleryFixture.Anna });
        var again = await EnrolAsync(gallery, "anna", new { img = GalleryFixture.Anna });

        var created = first.GetProperty("results").EnumerateArray().ShouldHaveSingleItem();
        GalleryFixture.Names(created).ShouldBe(["image", "status", "face_id", "face_confidence", "facial_area"]);
        created.GetProperty("status").GetString().ShouldBe("created");
        again.GetProperty("results")[0].GetProperty("status").GetString().ShouldBe("exists");
        again.GetProperty("results")[0].GetProperty("face_id").GetInt64().ShouldBe(created.GetProperty("face_id").GetInt64());
        (again.GetProperty("created").GetInt32(), again.GetProperty("existing").GetInt32()).ShouldBe((0, 1));
        (await fixture.OkAsync("GET", gallery)).GetProperty("gallery").GetProperty("faces").GetInt32().ShouldBe(1);
        fixture.Audit(gallery).ShouldHaveSingleItem().ShouldContain("enrol in");
    }

    [Fact]
    public async Task Enrol_ListWithOneBadPicture_KeepsTheOthers()
    {
        string gallery = fixture.NewGallery();

        var answer = await EnrolAsync(gallery, "anna", new { imgs = (string[])[GalleryFixture.Anna, "data:image/jpeg;base64,AAAA", GalleryFixture.AnnaLeaning, Grey()] });

        answer.GetProperty("results").EnumerateArray().Select(static item => (item.GetProperty("image").GetInt32(), item.GetProperty("status").GetString()))
            .ShouldBe([(0, "created"), (1, "error"), (2, "created"), (3, "error")]);
        answer.GetProperty("results")[1].GetProperty("error_code").GetString().ShouldBe("image_decode_error");
        answer.GetProperty("results")[1].GetProperty("message").GetString()!.ShouldStartWith("imgs[1]: ");
        answer.GetProperty("results")[3].GetProperty("error_code").GetString().ShouldBe("no_face_detected");
        (answer.GetProperty("created").GetInt32(), answer.GetProperty("existing").GetInt32(), answer.GetProperty("failed").GetInt32()).ShouldBe((2, 0, 2));
    }

    [Fact]
    public async Task Enrol_OneBadPicture_IsAnError()
    {
        string gallery = fixture.NewGallery();

        await fixture.FailAsync(422, "no_face_detected", "POST", $"{gallery}/subjects/anna/faces", new { img = Grey() });
        await fixture.FailAsync(404, "not_found", "GET", gallery); // nothing was made
    }

    [Fact]
    public async Task Enrol_FormWithFiles_IsAList()
    {
        string gallery = fixture.NewGallery();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(RecognitionHost.SampleBytes("anna")), "imgs", "a.jpg" },
            { new ByteArrayContent(RecognitionHost.SampleBytes("anna-leaning")), "imgs", "b.jpg" },
            { new StringContent("""{"team":"a"}"""), "metadata" },
        };

        var answer = await EnrolAsync(gallery, "anna", form);

        answer.GetProperty("created").GetInt32().ShouldBe(2);
        (await fixture.OkAsync("GET", $"{gallery}/subjects/anna")).GetProperty("subject").GetProperty("metadata").ToString().ShouldBe("""{"team":"a"}""");
    }

    [Fact]
    public async Task Enrol_Embedding_IsFoundAndHasNoThumbnail()
    {
        string gallery = fixture.NewGallery();
        float[] embedding = await fixture.EmbeddingAsync(GalleryFixture.Anna);

        var answer = await EnrolAsync(gallery, "anna", new { img = embedding });
        long face = answer.GetProperty("results")[0].GetProperty("face_id").GetInt64();
        var again = await EnrolAsync(gallery, "anna", new { img = embedding });

        again.GetProperty("existing").GetInt32().ShouldBe(1);
        (await fixture.OkAsync("GET", $"{gallery}/faces/{face}")).GetProperty("face").GetProperty("has_thumbnail").GetBoolean().ShouldBeFalse();
        await fixture.FailAsync(404, "not_found", "GET", $"{gallery}/faces/{face}/thumbnail");
        var found = await fixture.OkAsync("POST", $"{gallery}/search", new { img = GalleryFixture.Anna });
        found.GetProperty("result")[0].GetProperty("subjects")[0].GetProperty("face_id").GetInt64().ShouldBe(face);
        (await fixture.WrongFieldsAsync("POST", $"{gallery}/subjects/anna/faces", new { img = embedding[..100] })).ShouldBe(["img"]);
    }

    [Theory]
    [InlineData(null, 1, "anna")] // the larger one
    [InlineData("largest", 1, "anna")]
    [InlineData("all", 2, "anna")]
    public async Task Enrol_TwoFaces_TakesThoseAskedFor(string? onSeveral, int expected, string nearest)
    {
        string gallery = fixture.NewGallery();

        var answer = await EnrolAsync(gallery, "x", new { img = GalleryFixture.DataUri(GalleryFixture.Pair()), on_several = onSeveral });

        answer.GetProperty("created").GetInt32().ShouldBe(expected, answer.ToString());
        var verified = await fixture.OkAsync("POST", $"{gallery}/subjects/x/verify", new { img = RecognitionHost.Sample(nearest), threshold = 0.1 });
        verified.GetProperty("verified").GetBoolean().ShouldBeTrue(verified.ToString());
    }

    [Fact]
    public async Task Enrol_TwoFacesWhereOneIsWanted_IsRefused() => (await fixture.WrongFieldsAsync(
        "POST", $"{fixture.NewGallery()}/subjects/x/faces", new { img = GalleryFixture.DataUri(GalleryFixture.Pair()), on_several = "error" })).ShouldBe(["img"]);

    [Fact]
    public async Task Enrol_DuplicateOfAnother_IsRefusedWhereAskedFor()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        float[] opposite = [.. (await fixture.EmbeddingAsync(GalleryFixture.Anna)).Select(static number => -number)];
        await EnrolAsync(gallery, "imposter", new { img = opposite, reject_duplicate_of_others = true });

        var refused = await EnrolAsync(gallery, "imposter", new { imgs = (string[])[GalleryFixture.AnnaLeaning], reject_duplicate_of_others = true });
        var own = await EnrolAsync(gallery, "anna", new { imgs = (string[])[GalleryFixture.AnnaLeaning], reject_duplicate_of_others = true });
        var unasked = await EnrolAsync(gallery, "imposter", new { imgs = (string[])[GalleryFixture.AnnaLeaning] });

        refused.GetProperty("results")[0].GetProperty("status").GetString().ShouldBe("error");
        refused.GetProperty("results")[0].GetProperty("duplicate_of").GetString().ShouldBe("anna");
        own.GetProperty("created").GetInt32().ShouldBe(1);
        unasked.GetProperty("created").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Enrol_ChoiceThatTheGalleryHasOtherwise_IsRefusedAndNamesIt()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        (await fixture.WrongFieldsAsync("POST", $"{gallery}/subjects/anna/faces", new { img = GalleryFixture.AnnaLeaning, alignment = "deepface" })).ShouldBe(["alignment"]);
        (await EnrolAsync(gallery, "anna", new { img = GalleryFixture.AnnaLeaning, alignment = "native", model_name = "facelite" })).GetProperty("created").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Enrol_WrongNames_AreAllNamed() =>
        (await fixture.WrongFieldsAsync("POST", "/api/v1/galleries/a+b/subjects/.x/faces", new { img = GalleryFixture.Anna })).ShouldBe(["gallery", "subject"]);

    [Fact]
    public async Task Enrol_EverythingWrong_NamesEveryField() => (await fixture.WrongFieldsAsync(
        "POST",
        $"{fixture.NewGallery()}/subjects/x/faces",
        new { img = new { }, min_quality = 1.1, on_several = "none", reject_duplicate_of_others = 3, metadata = new { a = 1 }, enforce_detection = "maybe" }))
        .ShouldBe(["img", "min_quality", "on_several", "reject_duplicate_of_others", "metadata", "enforce_detection"], ignoreOrder: true);

    [Fact]
    public async Task Enrol_UnderTheCallersName_IsOneAuditLineWithoutContent()
    {
        string gallery = fixture.NewGallery();

        await fixture.OkAsync(
            "POST", $"{gallery}/subjects/anna/faces", new { imgs = (string[])[GalleryFixture.Anna, GalleryFixture.AnnaLeaning], metadata = new Dictionary<string, string> { ["team"] = "secret-value" } }, "camera");

        string line = fixture.Audit(gallery).ShouldHaveSingleItem();
        line.ShouldStartWith("Information FaceAspire.Recognition.Galleries.GalleryAudit Gallery changed: enrol in ");
        line.ShouldContain("subject 'anna', 2 faces, by camera");
        fixture.Host.Log.ShouldAllBe(static entry => !entry.Contains("secret-value", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Enrol_GalleryOfTwoSpaces_GetsTheEmbeddingsOfBoth()
    {
        string gallery = fixture.NewGallery();
        string name = gallery.Split('/')[^1];
        long first = await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);
        var token = TestContext.Current.CancellationToken;
        var store = fixture.Host.Services.GetRequiredService<IFaceGallery>();
        var reader = fixture.Host.Services.GetRequiredService<FaceReader>();
        var plan = fixture.Host.Services.GetRequiredService<RecognitionDefaults>()
            .Plan(null, null, AlignmentMode.DeepFace, default, enforceDetection: true, align: true, expandPercentage: 0, maxFaces: null);
        var thumbnail = await store.ReadThumbnailAsync(name, first, token);
        await store.AddEmbeddingsAsync(name, plan.Space, [(first, await reader.ReadAgainAsync(thumbnail!.Value, plan, token))], token);
        (await store.CompleteSpaceAsync(name, plan.Space, activate: false, token)).ShouldBeTrue();

        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        var spaces = (await fixture.OkAsync("GET", gallery)).GetProperty("gallery").GetProperty("spaces");
        spaces.EnumerateArray().Select(static space => (space.GetProperty("alignment").GetString(), space.GetProperty("faces").GetInt32(), space.GetProperty("active").GetBoolean()))
            .ShouldBe([("native", 2, true), ("deepface", 2, false)]);
        var found = await fixture.OkAsync("POST", $"{gallery}/search", new { img = GalleryFixture.Anna, alignment = "deepface" });
        found.GetProperty("alignment").GetString().ShouldBe("deepface");
        found.GetProperty("result")[0].GetProperty("subjects")[0].GetProperty("subject").GetString().ShouldBe("anna");
    }

    private static string Grey() => $"data:image/png;base64,{Convert.ToBase64String(PngFile.Bomb(64, 64))}";

    private Task<JsonElement> EnrolAsync(string gallery, string subject, object body) => fixture.OkAsync("POST", $"{gallery}/subjects/{subject}/faces", body);
}
