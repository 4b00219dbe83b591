using System.Text.Json;

namespace FaceAspire.Recognition.Tests.Galleries;

public sealed class SearchTests(GalleryFixture fixture) : IClassFixture<GalleryFixture>
{
    [Fact]
    public async Task Search_Picture_GivesEachSubjectOnceWithItsNearestFace()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.AnnaLeaning);
        long nearest = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        long ben = await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);

        var answer = await fixture.OkAsync("POST", $"{gallery}/search", new { img = GalleryFixture.Anna, threshold = 1 });

        GalleryFixture.Names(answer).ShouldBe(["success", "faces_queried", "model", "detector_backend", "similarity_metric", "alignment", "threshold", "result"]);
        var face = answer.GetProperty("result").EnumerateArray().ShouldHaveSingleItem();
        GalleryFixture.Names(face).ShouldBe(["facial_area", "face_confidence", "subjects"]);
        var subjects = face.GetProperty("subjects").EnumerateArray().ToArray();
        subjects.Select(static subject => (subject.GetProperty("subject").GetString(), subject.GetProperty("face_id").GetInt64())).ShouldBe([("anna", nearest), ("ben", ben)]);
        subjects[0].GetProperty("distance").GetDouble().ShouldBe(0, 1e-5);
    }

    [Fact]
    public async Task Search_SubjectWithMoreFacesThanAreLookedAtFirst_DoesNotHideOthers()
    {
        string gallery = fixture.NewGallery();
        float[] anna = await fixture.EmbeddingAsync(GalleryFixture.Anna);
        for (int i = 0; i < 20; i++)
        {
            anna[i] += 1e-4f;
            await fixture.OkAsync("POST", $"{gallery}/subjects/anna/faces", new { img = anna });
        }

        await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);

        var answer = await fixture.OkAsync("POST", $"{gallery}/search", new { img = GalleryFixture.Anna, threshold = 1, top_k = 2 });

        answer.GetProperty("result")[0].GetProperty("subjects").EnumerateArray().Select(static subject => subject.GetProperty("subject").GetString()).ShouldBe(["anna", "ben"]);
    }

    [Fact]
    public async Task Search_Filters_LeaveOthersOut()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        await fixture.EnrolAsync(gallery, "ben", GalleryFixture.Ben);
        await fixture.OkAsync("PATCH", $"{gallery}/subjects/ben", new { metadata = new { team = "b", site = "x" } });

        foreach (object filter in (object[])[new { img = GalleryFixture.Anna, threshold = 1, subjects = (string[])["ben", "nobody"] }, new { img = GalleryFixture.Anna, threshold = 1, metadata = new { team = "b" } }])
        {
            var answer = await fixture.OkAsync("POST", $"{gallery}/search", filter);
            answer.GetProperty("result")[0].GetProperty("subjects").EnumerateArray().ShouldHaveSingleItem().GetProperty("subject").GetString().ShouldBe("ben");
        }

        var none = await fixture.OkAsync("POST", $"{gallery}/search", new { img = GalleryFixture.Anna, threshold = 1, metadata = new { team = "b", site = "y" } });
        none.GetProperty("result")[0].GetProperty("subjects").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Search_EmbeddingOfAnotherDimension_IsRefused()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        (await fixture.WrongFieldsAsync("POST", $"{gallery}/search", new { img = (float[])[1, 2, 3] })).ShouldBe(["img"]);
        (await fixture.WrongFieldsAsync("POST", $"{gallery}/search", new { img = GalleryFixture.Anna, top_k = 0, subjects = "anna", metadata = (string[])["a"] })).ShouldBe(["top_k", "subjects", "metadata"], ignoreOrder: true);
    }

    [Fact]
    public async Task Verify_Subject_AnswersAsVerifyDoes()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Ben);
        long face = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.AnnaLeaning);
        var pair = await fixture.OkAsync("POST", "/api/v1/verify", new { img1 = GalleryFixture.Anna, img2 = GalleryFixture.AnnaLeaning });

        var answer = await fixture.OkAsync("POST", $"{gallery}/subjects/anna/verify", new { img = GalleryFixture.Anna });

        GalleryFixture.Names(answer).ShouldBe(
            ["success", "verified", "distance", "threshold", "confidence", "model", "detector_backend", "similarity_metric", "alignment", "facial_areas", "subject", "face_id", "time"]);
        answer.GetProperty("face_id").GetInt64().ShouldBe(face);
        foreach (string same in (string[])["verified", "threshold", "model", "detector_backend", "similarity_metric", "alignment", "facial_areas"])
        {
            JsonElement.DeepEquals(answer.GetProperty(same), pair.GetProperty(same)).ShouldBeTrue($"{same}: {answer} {pair}");
        }

        answer.GetProperty("distance").GetDouble().ShouldBe(pair.GetProperty("distance").GetDouble(), 2e-6);
        await fixture.FailAsync(404, "not_found", "POST", $"{gallery}/subjects/nobody/verify", new { img = GalleryFixture.Anna });
    }
}
