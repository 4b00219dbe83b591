using System.Text.Json;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAspire.Recognition.Tests.Galleries;

public sealed class FindTests(GalleryFixture fixture) : IClassFixture<GalleryFixture>
{
    // api.md and the seed, whose first three they are.
    private static readonly string[] _fields =
    [
        "identity", "distance", "threshold", "confidence", "hash", "target_x", "target_y", "target_w", "target_h", "source_x", "source_y", "source_w", "source_h", "subject", "face_id",
    ];

    [Fact]
    public async Task Find_EnrolledPerson_GivesRowsNearestFirstWithTheirFields()
    {
        string gallery = fixture.NewGallery();
        long anna = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        long leaning = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.AnnaLeaning);
        await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);

        var answer = await FindAsync(new { img = GalleryFixture.Anna, gallery = gallery.Split('/')[^1], threshold = 0.1 });

        GalleryFixture.Names(answer).Take(2).ShouldBe(["success", "faces_queried"]);
        answer.GetProperty("faces_queried").GetInt32().ShouldBe(1);
        var rows = answer.GetProperty("result").EnumerateArray().ShouldHaveSingleItem().EnumerateArray().ToArray();
        rows.Select(static row => row.GetProperty("face_id").GetInt64()).ShouldBe([anna, leaning], answer.ToString());
        GalleryFixture.Names(rows[0]).ShouldBe(_fields);
        rows[0].GetProperty("identity").GetString().ShouldBe($"anna/{anna}");
        rows[0].GetProperty("distance").GetDouble().ShouldBe(0, 1e-5);
        rows[0].GetProperty("confidence").GetDouble().ShouldBeGreaterThan(99);
        rows[1].GetProperty("distance").GetDouble().ShouldBeInRange(0.001, 0.1);
        rows.ShouldAllBe(static row => row.GetProperty("threshold").GetDouble() == 0.1);
        rows[0].GetProperty("hash").GetString().ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(RecognitionHost.SampleBytes("anna"))));

        // samples/draw.py: the face fills the middle of a picture of 480 pixels; the same picture was enrolled.
        rows[0].GetProperty("target_x").GetInt32().ShouldBe(rows[0].GetProperty("source_x").GetInt32());
        rows[0].GetProperty("target_w").GetInt32().ShouldBeInRange(120, 320);
    }

    [Fact]
    public async Task Find_DistanceOfARow_IsThatOfVerify()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);
        foreach (string metric in (string[])["cosine", "euclidean", "euclidean_l2", "angular"])
        {
            var verified = await fixture.OkAsync("POST", "/api/v1/verify", new { img1 = GalleryFixture.Anna, img2 = GalleryFixture.Ben, distance_metric = metric });

            var answer = await FindAsync(new { img = GalleryFixture.Anna, gallery = gallery.Split('/')[^1], threshold = 100, distance_metric = metric });

            var row = answer.GetProperty("result")[0][0];
            row.GetProperty("distance").GetDouble().ShouldBe(verified.GetProperty("distance").GetDouble(), 2e-6, metric);
            row.GetProperty("confidence").GetDouble().ShouldBe(verified.GetProperty("confidence").GetDouble(), 0.05, metric);
        }
    }

    [Fact]
    public async Task Find_SeveralFaces_HasAListForEach()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);

        var answer = await FindAsync(new { img = GalleryFixture.DataUri(GalleryFixture.Pair()), gallery = gallery.Split('/')[^1], top_k = 1, threshold = 10 });

        answer.GetProperty("faces_queried").GetInt32().ShouldBe(2);
        answer.GetProperty("result").EnumerateArray().Select(static rows => rows.EnumerateArray().ShouldHaveSingleItem().GetProperty("subject").GetString())
            .ShouldBe(["anna", "ben"], ignoreOrder: true);
    }

    [Fact]
    public async Task Find_NobodyNearEnough_IsAnEmptyList()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);

        var answer = await FindAsync(new { img = GalleryFixture.Anna, gallery = gallery.Split('/')[^1], threshold = 0.0001 });

        answer.GetProperty("result").EnumerateArray().ShouldHaveSingleItem().GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Find_SamePictureAgain_TakesItsEmbeddingFromTheCache()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);
        object body = new { img = GalleryFixture.AnnaLeaning, gallery = gallery.Split('/')[^1], expand_percentage = 0 };
        await fixture.Host.PostAsync("/api/v1/find", body);

        (await fixture.Host.PostAsync("/api/v1/find", body)).Cache.ShouldBe("hit");
        (await fixture.Host.PostAsync("/api/v1/find", body, "no-store")).Cache.ShouldBe("bypass");
    }

    [Fact]
    public async Task Find_DefaultGalleryWithoutFolderAndFaces_IsUnavailable()
    {
        await using var host = await RecognitionHost.StartAsync();

        var (status, _, answer) = await host.PostAsync("/api/v1/find", new { img = GalleryFixture.Anna });

        status.ShouldBe(503, answer.ToString());
        answer.GetProperty("error_code").GetString().ShouldBe("service_unavailable");
        answer.GetProperty("message").GetString()!.ShouldContain("FACES_DB_PATH");
    }

    [Fact]
    public async Task Find_FolderThatIsNotThere_IsDbNotFoundWithoutItsPath()
    {
        await using var host = await RecognitionHost.StartAsync(settings: ("FACES_DB_PATH", "/nowhere/faces"));

        var (status, _, answer) = await host.PostAsync("/api/v1/find", new { img = GalleryFixture.Anna });

        status.ShouldBe(400, answer.ToString());
        answer.GetProperty("error_code").GetString().ShouldBe("db_not_found");
        answer.ToString().ShouldNotContain("/nowhere");
    }

    [Fact]
    public async Task Find_FaceOfTheFolder_HasThePathOfItsFile()
    {
        var folder = Directory.CreateTempSubdirectory("faceaspire-");
        try
        {
            await using var host = await RecognitionHost.StartAsync(settings: ("FACES_DB_PATH", folder.FullName + "/"));
            (await host.PostAsync("/api/v1/find", new { img = GalleryFixture.Anna })).Answer.GetProperty("result")[0].GetArrayLength().ShouldBe(0); // nothing was read yet
            var plan = Plan(host);
            var read = await host.Services.GetRequiredService<FaceReader>().ReadAsync(RecognitionHost.SampleBytes("anna"), plan, TestContext.Current.CancellationToken);
            await host.Services.GetRequiredService<IFaceGallery>().EnrolAsync(
                GalleryNames.Default,
                [new("anna", new string('a', 64), 0, read[0].Area, read[0].Confidence, "anna/one.jpg", read[0].Thumbnail, [new(plan.Space, read[0].Embedding)])],
                TestContext.Current.CancellationToken);

            var (status, _, answer) = await host.PostAsync("/api/v1/find", new { img = GalleryFixture.Anna });

            status.ShouldBe(200, answer.ToString());
            answer.GetProperty("result")[0][0].GetProperty("identity").GetString().ShouldBe($"{folder.FullName}/anna/one.jpg");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Find_GalleryOfAnotherModelThanTheDefault_IsSearchedByItsOwn()
    {
        string gallery = fixture.NewGallery();
        await fixture.OkAsync("POST", $"{gallery}/subjects/anna/faces", new { img = GalleryFixture.Anna, alignment = "deepface" });

        var answer = await FindAsync(new { img = GalleryFixture.Anna, gallery = gallery.Split('/')[^1] });

        answer.GetProperty("alignment").GetString().ShouldBe("deepface");
        answer.GetProperty("result")[0][0].GetProperty("distance").GetDouble().ShouldBe(0, 1e-5);
    }

    [Fact]
    public async Task Find_ChoiceOfAGalleryThatHasAsManySpacesAsItMay_NamesWhatItHas()
    {
        string gallery = fixture.NewGallery();
        long anna = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        var store = fixture.Host.Services.GetRequiredService<IFaceGallery>();
        var active = (await store.FindGalleryAsync(gallery.Split('/')[^1], TestContext.Current.CancellationToken))!.ActiveSpace!;
        foreach (int expand in (int[])[1, 2, 3])
        {
            float[] vector = [.. Enumerable.Repeat(1f, active.Dimension)];
            await store.AddEmbeddingsAsync(
                gallery.Split('/')[^1], active with { ExpandPercentage = expand }, [(anna, new(vector))], TestContext.Current.CancellationToken);
        }

        string[] fields = await fixture.WrongFieldsAsync("POST", "/api/v1/find", new { img = GalleryFixture.Anna, gallery = gallery.Split('/')[^1], alignment = "deepface", normalization = "raw", align = true });
        var answer = await fixture.FailAsync(422, "validation_error", "POST", "/api/v1/find", new { img = GalleryFixture.Anna, gallery = gallery.Split('/')[^1], alignment = "deepface" });

        fields.ShouldBe(["alignment", "normalization"]);
        answer.ToString().ShouldContain("FaceLite (detector_backend facelite, alignment native");
    }

    [Fact]
    public async Task Find_SpaceThatIsBeingMade_SaysHowFarItIs()
    {
        await using var host = await RecognitionHost.StartAsync(services => services.AddSingleton<FaceAspire.Recognition.Galleries.IGallerySpaces, HalfMade>());
        await host.PostAsync("/api/v1/galleries/g/subjects/anna/faces", new { img = GalleryFixture.Anna });

        var (status, _, answer) = await host.PostAsync("/api/v1/find", new { img = GalleryFixture.Anna, gallery = "g", alignment = "deepface" });

        status.ShouldBe(503, answer.ToString());
        answer.GetProperty("message").GetString()!.ShouldContain("3 of 8 faces");
    }

    [Fact]
    public async Task Find_UnknownGallery_IsNotFound()
    {
        foreach (string name in (string[])["nobody", "../default", ".hidden", new string('g', 200)])
        {
            await fixture.FailAsync(404, "not_found", "POST", "/api/v1/find", new { img = GalleryFixture.Anna, gallery = name });
        }
    }

    [Fact]
    public async Task Find_EverythingWrong_NamesEveryField() => (await fixture.WrongFieldsAsync(
        "POST",
        "/api/v1/find",
        new { gallery = 7, top_k = 1_001, threshold = -1, distance_metric = "taxi", alignment = "no", normalization = "no", model_name = "no", detector_backend = "no", align = "no", expand_percentage = 101, max_faces = 0, anti_spoofing = "perhaps" }))
        .ShouldBe(
            ["anti_spoofing", "img", "gallery", "model_name", "detector_backend", "alignment", "normalization", "align", "expand_percentage", "distance_metric", "max_faces", "threshold", "top_k"],
            ignoreOrder: true);

    private static RecognitionPlan Plan(RecognitionHost host) =>
        host.Services.GetRequiredService<RecognitionDefaults>().Plan(null, null, null, default, enforceDetection: true, align: true, expandPercentage: 0, maxFaces: null);

    private Task<JsonElement> FindAsync(object body) => fixture.OkAsync("POST", "/api/v1/find", body);

    /// <summary>The far side of the interface: what embeds in the background is another's.</summary>
    private sealed class HalfMade : FaceAspire.Recognition.Galleries.IGallerySpaces
    {
        public FaceAspire.Recognition.Galleries.SpaceProgress? ProgressOf(string gallery, RecognitionPlan plan) => new(3, 8);

        public Task<FaceAspire.Recognition.Galleries.SpaceProgress?> RequestAsync(string gallery, RecognitionPlan plan, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("It is being made already.");
    }
}
