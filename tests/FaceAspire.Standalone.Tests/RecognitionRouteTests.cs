using System.Net.Http.Headers;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

public sealed class RecognitionRouteTests(StandaloneFixture standalone)
{
    [Fact]
    public async Task Verify_SamePersonByPath_AnswersAsTheContractSays()
    {
        var answer = (await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", new { img1 = "img1.jpg", img2 = "img2.jpg" })).ShouldSucceed();

        answer.GetProperty("verified").GetBoolean().ShouldBeTrue();
        answer.GetProperty("distance").GetDouble().ShouldBeLessThanOrEqualTo(answer.GetProperty("threshold").GetDouble());
        answer.GetProperty("confidence").GetDouble().ShouldBeInRange(51, 100);
        answer.GetProperty("model").GetString().ShouldBe("FaceLite");
        answer.GetProperty("detector_backend").GetString().ShouldBe("facelite");
        answer.GetProperty("similarity_metric").GetString().ShouldBe("cosine");
        answer.GetProperty("alignment").GetString().ShouldBe("native");
        answer.GetProperty("time").GetDouble().ShouldBeGreaterThan(0);
        foreach (string image in (string[])["img1", "img2"])
        {
            var area = answer.GetProperty("facial_areas").GetProperty(image);
            area.GetProperty("w").GetInt32().ShouldBeGreaterThan(100);

            // The person's own left, which lies on the right of the picture.
            area.GetProperty("left_eye")[0].GetInt32().ShouldBeGreaterThan(area.GetProperty("right_eye")[0].GetInt32());
        }
    }

    [Theory]
    [InlineData("FaceLite", "native")]
    [InlineData("mobileface_v2", "native")]
    [InlineData("MobileFaceNet", "native")]
    [InlineData("mobilefacenet_512", "native")]
    [InlineData("dlib", "native")]
    [InlineData("Dlib", "deepface")]
    public async Task Verify_EveryModelAndMetric_TellsTheTwoPeopleApart(string model, string alignment)
    {
        foreach (string metric in (string[])["cosine", "euclidean", "euclidean_l2", "angular"])
        {
            var same = (await standalone.ClientWithPhotos.PostAsync(
                "/api/v1/verify", new { img1 = "img20.jpg", img2 = "img21.jpg", model_name = model, distance_metric = metric, alignment })).ShouldSucceed();
            var different = (await standalone.ClientWithPhotos.PostAsync(
                "/api/v1/verify", new { img1 = "img20.jpg", img2 = "img11.jpg", model_name = model, distance_metric = metric, alignment })).ShouldSucceed();

            same.GetProperty("verified").GetBoolean().ShouldBeTrue($"{model} {metric}: {same}");
            different.GetProperty("verified").GetBoolean().ShouldBeFalse($"{model} {metric}: {different}");
            different.GetProperty("confidence").GetDouble().ShouldBeInRange(0, 49);
            same.GetProperty("alignment").GetString().ShouldBe(alignment);
        }
    }

    [Fact]
    public async Task Verify_AllPairsAsEmbeddings_Are99PercentRight()
    {
        var embeddings = new Dictionary<string, JsonElement>();
        string[][] pairs = [.. File.ReadLines(SharedMaterial.File("images", "pairs.csv")).Skip(1).Select(static line => line.Split(','))];
        foreach (string photo in pairs.SelectMany(static pair => pair.Take(2)).Distinct())
        {
            var represented = (await standalone.Client.PostAsync("/api/v1/represent", new { img = photo, max_faces = 1 })).ShouldSucceed();
            embeddings[photo] = represented.GetProperty("result")[0].GetProperty("embedding");
        }

        int right = 0;
        foreach (string[] pair in pairs)
        {
            var answer = (await standalone.Client.PostAsync("/api/v1/verify", new { img1 = embeddings[pair[0]], img2 = embeddings[pair[1]] })).ShouldSucceed();
            right += answer.GetProperty("verified").GetBoolean() == bool.Parse(pair[2]) ? 1 : 0;
        }

        pairs.Length.ShouldBe(300);
        right.ShouldBeGreaterThanOrEqualTo(297);
    }

    [Fact]
    public async Task Verify_EmbeddingsOfRepresent_GiveTheDistanceOfThePictures()
    {
        var first = (await standalone.ClientWithPhotos.PostAsync("/api/v1/represent", new { img = "img10.jpg" })).ShouldSucceed();
        var second = (await standalone.ClientWithPhotos.PostAsync("/api/v1/embed", new { img = "img11.jpg" })).ShouldSucceed();

        var byPicture = (await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", new { img1 = "img10.jpg", img2 = "img11.jpg" })).ShouldSucceed();
        var byEmbedding = (await standalone.ClientWithPhotos.PostAsync(
            "/api/v1/verify", new { img1 = first.GetProperty("result")[0].GetProperty("embedding"), img2 = second.GetProperty("result")[0].GetProperty("embedding") })).ShouldSucceed();

        byEmbedding.GetProperty("distance").GetDouble().ShouldBe(byPicture.GetProperty("distance").GetDouble(), 1e-6);
        byEmbedding.GetProperty("facial_areas").GetProperty("img1").GetProperty("x").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Verify_EmbeddingOfAnotherModel_Returns422NamingTheField()
    {
        var result = await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", new { img1 = new[] { 0.1, 0.2 }, img2 = "img1.jpg" });

        result.ShouldFail(422).ShouldBe("validation_error");
        result.Answer.GetProperty("details").GetProperty("fields")[0].GetProperty("field").GetString().ShouldBe("img1");
    }

    [Fact]
    public async Task Verify_SecondImageHasNoFace_Returns422NamingImg2()
    {
        string black = DrawnPictures.DataUri(DrawnPictures.Black(224, 224), ".png");

        var refused = await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", new { img1 = "img1.jpg", img2 = black });
        var accepted = await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", new { img1 = "img1.jpg", img2 = black, enforce_detection = false });

        refused.ShouldFail(422).ShouldBe("no_face_detected");
        refused.Answer.GetProperty("message").GetString()!.ShouldStartWith("img2");
        accepted.ShouldSucceed().GetProperty("verified").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Verify_CallersThreshold_DecidesTheVerdictAndNotTheConfidence()
    {
        var strict = (await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", new { img1 = "img1.jpg", img2 = "img2.jpg", threshold = 0.01 })).ShouldSucceed();

        strict.GetProperty("verified").GetBoolean().ShouldBeFalse();
        strict.GetProperty("threshold").GetDouble().ShouldBe(0.01);
        strict.GetProperty("confidence").GetDouble().ShouldBeGreaterThanOrEqualTo(51);
    }

    [Fact]
    public async Task Represent_Couple_GivesTwoFacesAndOneWhenAsked()
    {
        var all = (await standalone.ClientWithPhotos.PostAsync("/api/v1/represent", new { img = "couple.jpg" })).ShouldSucceed();
        var one = (await standalone.ClientWithPhotos.PostAsync("/api/v1/represent", new { img = "couple.jpg", max_faces = 1, model_name = "Dlib" })).ShouldSucceed();

        all.GetProperty("count").GetInt32().ShouldBe(2);
        all.GetProperty("dimension").GetInt32().ShouldBe(192);
        all.GetProperty("model_version").GetString()!.ShouldMatch("^[0-9a-f]{12}$");
        all.GetProperty("result")[0].GetProperty("embedding").GetArrayLength().ShouldBe(192);
        one.GetProperty("count").GetInt32().ShouldBe(1);
        one.GetProperty("result")[0].GetProperty("embedding").GetArrayLength().ShouldBe(128);
    }

    [Fact]
    public async Task Represent_Skip_TakesTheWholePicture()
    {
        var answer = (await standalone.ClientWithPhotos.PostAsync("/api/v1/represent", new { img = "img5.jpg", detector_backend = "skip" })).ShouldSucceed();

        var area = answer.GetProperty("result")[0].GetProperty("facial_area");
        (area.GetProperty("x").GetInt32(), area.GetProperty("y").GetInt32(), area.GetProperty("w").GetInt32(), area.GetProperty("h").GetInt32()).ShouldBe((0, 0, 329, 511));
        answer.GetProperty("result")[0].GetProperty("face_confidence").GetDouble().ShouldBe(0);
    }

    [Fact]
    public async Task Represent_BrotliAsked_ComesCompressed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/represent");
        request.Content = new StringContent("""{"img":"img10.jpg"}""", new MediaTypeHeaderValue("application/json"));
        request.Headers.AcceptEncoding.ParseAdd("br");

        using var response = await standalone.ClientWithPhotos.SendAsync(request, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentEncoding.ShouldBe(["br"]);
    }

    [Fact]
    public async Task Models_Catalogue_ListsWhatIsHereAndWhatIsDefault()
    {
        using var response = await standalone.ClientWithPhotos.GetAsync("/api/v1/models", TestContext.Current.CancellationToken);
        var answer = (await ApiCalls.ReadAsync(response)).ShouldSucceed();

        var models = answer.GetProperty("models").EnumerateArray().ToDictionary(static model => $"{model.GetProperty("task")} {model.GetProperty("name")}");
        models.Keys.ShouldContain("detection yunet");
        models.Values.ShouldAllBe(static model => model.GetProperty("licence").GetString()!.Length > 0);
        models.Where(static model => !model.Value.GetProperty("present").GetBoolean()).Select(static model => model.Key).ShouldBe(
        [
            "detection dlib", // a header of dlib's, not of the material
            "detection centerface",
            "detection retinaface_resnet50",
            .. ((string[])["VGG-Face", "Facenet", "Facenet512", "OpenFace", "DeepFace", "DeepID", "ArcFace", "SFace", "GhostFaceNet", "Buffalo_L"]).Select(static name => $"recognition {name}"),
            .. ((string[])["age", "gender", "race", "emotion"]).Select(static action => $"attributes deepface_{action}"),
        ]);
        models["recognition FaceLite"].GetProperty("default").GetBoolean().ShouldBeTrue();
        models["recognition Dlib"].GetProperty("thresholds").GetProperty("deepface").GetProperty("euclidean").GetDouble().ShouldBe(0.6);
    }
}
