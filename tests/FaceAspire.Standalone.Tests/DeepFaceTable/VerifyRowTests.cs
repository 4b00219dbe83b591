using System.Text.Json;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>Rows V of <c>docs/deepface-tests.md</c>.</summary>
public sealed class VerifyRowTests(StandaloneFixture standalone)
{
    private const double LeastRight = 0.9753; // upstream's bar: what people reach on LFW

    private static readonly string[] _metrics = ["cosine", "euclidean", "euclidean_l2", "angular"];

    private static readonly (int First, int Second, bool Same)[] _pairs =
    [
        (1, 2, true), (5, 6, true), (6, 7, true), (8, 9, true), (1, 11, true), (2, 11, true),
        (1, 3, false), (2, 3, false), (6, 8, false), (6, 9, false),
    ];

    private HttpClient Client => standalone.ClientWithPhotos;

    // V1, with as many models as upstream has; photos at half their size.
    [Fact]
    public Task Verify_TenPairsOfFiveModels_AreRightMoreOftenThanPeople() =>
        VerdictsShouldBeRightAsync(["FaceLite", "mobileface_v2", "mobilefacenet", "mobilefacenet_512", "Dlib"], "yunet", "native");

    // V1, with the one recogniser whose weights are DeepFace's own, in its crop by its default detector.
    [Fact]
    public Task Verify_TenPairsAsDeepFaceDoesIt_AreRightMoreOftenThanPeople() => VerdictsShouldBeRightAsync(["Dlib"], "opencv", "deepface");

    // V2
    [Theory]
    [InlineData("opencv")]
    [InlineData("mtcnn")]
    public async Task Verify_SamePerson_HasEveryFieldAndAConfidenceOfItsSide(string detector)
    {
        var answer = (await VerifyAsync(new
        {
            img1 = TablePictures.Half("img1.jpg"),
            img2 = TablePictures.Half("img2.jpg"),
            model_name = "Dlib",
            detector_backend = detector,
            alignment = "deepface",
        })).ShouldSucceed();

        answer.GetProperty("verified").GetBoolean().ShouldBeTrue();
        answer.GetProperty("distance").GetDouble().ShouldBeLessThanOrEqualTo(answer.GetProperty("threshold").GetDouble());
        answer.GetProperty("confidence").GetDouble().ShouldBeInRange(51, 100);
        answer.GetProperty("model").GetString().ShouldBe("Dlib");
        answer.GetProperty("detector_backend").GetString().ShouldBe(detector);
        answer.GetProperty("similarity_metric").GetString().ShouldBe("cosine");
        foreach (var (name, width, height) in ((string, int, int)[])[("img1", 691, 934), ("img2", 768, 576)])
        {
            var area = answer.GetProperty("facial_areas").GetProperty(name);
            area.ShouldLieWithin(width, height, name);
            area.GetProperty("confidence").GetDouble().ShouldBeInRange(0, 100);
        }
    }

    // V3
    [Fact]
    public async Task Verify_PixelsOfTheSamePerson_AreVerified() =>
        (await VerifyAsync(new { img1 = TablePictures.Pixels("img1.jpg"), img2 = TablePictures.Pixels("img2.jpg") })).ShouldSucceed().GetProperty("verified").GetBoolean().ShouldBeTrue();

    // V4
    [Fact]
    public async Task Verify_EmbeddingsOfTheSamePerson_AreVerifiedWithoutAreas()
    {
        var first = await EmbeddingAsync("img1.jpg", "Dlib");
        var second = await EmbeddingAsync("img2.jpg", "Dlib");

        var answer = (await VerifyAsync(new { img1 = first, img2 = second, model_name = "Dlib" })).ShouldSucceed();

        answer.GetProperty("verified").GetBoolean().ShouldBeTrue();
        answer.GetProperty("distance").GetDouble().ShouldBeLessThan(answer.GetProperty("threshold").GetDouble());
        answer.GetProperty("model").GetString().ShouldBe("Dlib");
        foreach (string name in (string[])["img1", "img2"])
        {
            var area = answer.GetProperty("facial_areas").GetProperty(name);
            foreach (string key in (string[])["x", "y", "w", "h", "left_eye", "right_eye"])
            {
                area.GetProperty(key).ValueKind.ShouldBe(JsonValueKind.Null, key);
            }
        }
    }

    // V5
    [Fact]
    public async Task Verify_EmbeddingsOfAnotherModel_AreRefusedByTheirDimensions()
    {
        var embedding = await EmbeddingAsync("img1.jpg", "Dlib");

        var result = await VerifyAsync(new { img1 = embedding, img2 = embedding, model_name = "mobilefacenet_512" });

        result.ShouldFail(422).ShouldBe("validation_error");
        result.Answer.GetProperty("details").GetProperty("fields").EnumerateArray().Select(static field => (field.GetProperty("field").GetString(), field.GetProperty("msg").GetString())).ShouldBe(
        [
            ("img1", "embeddings of mobilefacenet_512 have 512 numbers, not 128"),
            ("img2", "embeddings of mobilefacenet_512 have 512 numbers, not 128"),
        ]);
    }

    // V6 and V7
    [Theory]
    [InlineData("""["a", "b", "c"]""", "[1, 2, 3]")]
    [InlineData("[[1, 2, 3], [4, 5, 6]]", "\"img1.jpg\"")]
    public async Task Verify_ListThatIsNoEmbedding_IsRefusedByItsName(string first, string second)
    {
        var result = await VerifyAsync(new { img1 = JsonDocument.Parse(first).RootElement, img2 = JsonDocument.Parse(second).RootElement });

        result.ShouldFail(422).ShouldBe("validation_error");
        var field = result.Answer.GetProperty("details").GetProperty("fields")[0];
        field.GetProperty("field").GetString().ShouldBe("img1");
        field.GetProperty("msg").GetString()!.ShouldContain("an array of finite numbers");
    }

    // V8
    [Fact]
    public async Task Verify_Distance_IsThatOfTheTwoRepresented()
    {
        double[][] embeddings = new double[2][];
        for (int i = 0; i < 2; i++)
        {
            object body = new { img = $"img{i + 1}.jpg", model_name = "Dlib", detector_backend = "mtcnn", alignment = "deepface" };
            embeddings[i] = (await Client.PostAsync("/api/v1/represent", body)).ShouldSucceed().Faces().ShouldHaveSingleItem().Embedding();
        }

        var answer = (await VerifyAsync(new { img1 = "img1.jpg", img2 = "img2.jpg", model_name = "Dlib", detector_backend = "mtcnn", alignment = "deepface", distance_metric = "cosine" })).ShouldSucceed();

        double product = embeddings[0].Zip(embeddings[1], static (a, b) => a * b).Sum();
        double cosine = product / Math.Sqrt(embeddings[0].Sum(static a => a * a) * embeddings[1].Sum(static b => b * b));
        answer.GetProperty("distance").GetDouble().ShouldBe(1 - cosine, 1e-6);
    }

    // V9
    [Fact]
    public async Task Verify_EveryMetric_IsConfidentOnTheRightSide()
    {
        foreach (string metric in _metrics)
        {
            object same = new { img1 = "img1.jpg", img2 = "img2.jpg", model_name = "mobilefacenet_512", detector_backend = "mtcnn", distance_metric = metric };
            object different = new { img1 = "img1.jpg", img2 = "img8.jpg", model_name = "mobilefacenet_512", detector_backend = "mtcnn", distance_metric = metric };

            (await VerifyAsync(same)).ShouldSucceed().GetProperty("confidence").GetDouble().ShouldBeInRange(51, 100, metric);
            (await VerifyAsync(different)).ShouldSucceed().GetProperty("confidence").GetDouble().ShouldBeInRange(0, 49, metric);
        }
    }

    // V10
    [Fact]
    public async Task Verify_BlackPictures_AreRefusedUnlessAFaceIsNotRequired()
    {
        object Body(bool enforced) => new { img1 = TablePictures.Black, img2 = TablePictures.Black, model_name = "Dlib", detector_backend = "opencv", alignment = "deepface", enforce_detection = enforced };

        (await VerifyAsync(Body(enforced: true))).ShouldFail(422).ShouldBe("no_face_detected");
        (await VerifyAsync(Body(enforced: false))).ShouldSucceed().GetProperty("distance").GetDouble().ShouldBe(0, 1e-6);
    }

    private async Task VerdictsShouldBeRightAsync(string[] models, string detector, string alignment)
    {
        List<string> wrong = [];
        foreach (string model in models)
        {
            foreach (string metric in _metrics)
            {
                // All at once: faces that several pairs need are found once.
                await Task.WhenAll(_pairs.Select(async pair =>
                {
                    var answer = (await VerifyAsync(new
                    {
                        img1 = TablePictures.Half($"img{pair.First}.jpg"),
                        img2 = TablePictures.Half($"img{pair.Second}.jpg"),
                        model_name = model,
                        detector_backend = detector,
                        alignment,
                        distance_metric = metric,
                    })).ShouldSucceed();
                    if (answer.GetProperty("verified").GetBoolean() != pair.Same)
                    {
                        lock (wrong)
                        {
                            wrong.Add($"{model} {metric} {pair}: {answer.GetProperty("distance")} at {answer.GetProperty("threshold")}");
                        }
                    }
                }));
            }
        }

        double verdicts = models.Length * _metrics.Length * _pairs.Length;
        (1 - (wrong.Count / verdicts)).ShouldBeGreaterThan(LeastRight, string.Join(Environment.NewLine, wrong));
    }

    private async Task<JsonElement> EmbeddingAsync(string photo, string model) =>
        (await Client.PostAsync("/api/v1/represent", new { img = photo, model_name = model })).ShouldSucceed().Faces().ShouldHaveSingleItem().GetProperty("embedding");

    private Task<(int Status, JsonElement Answer)> VerifyAsync(object body) => Client.PostAsync("/api/v1/verify", body);
}
