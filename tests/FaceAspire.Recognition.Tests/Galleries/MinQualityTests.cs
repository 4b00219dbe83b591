using System.Text.Json;
using FaceAspire.Testing;
using NetVips;

namespace FaceAspire.Recognition.Tests.Galleries;

/// <summary><c>min_quality</c> at enrolment: the score of the quality network, as <c>include</c> tells it.</summary>
public sealed class MinQualityTests
{
    private const string Faces = "/api/v1/galleries/staff/subjects/anna/faces";

    [Fact]
    public async Task Enrol_MinQualityAroundTheScore_DecidesByTheScore()
    {
        await using var host = await StartAsync();
        string photo = DataUri(await File.ReadAllBytesAsync(SharedMaterial.Photo("img11.jpg"), TestContext.Current.CancellationToken));
        double score = await ScoreAsync(host, photo);

        var (status, _, refused) = await host.PostAsync(Faces, new { img = photo, min_quality = score + 0.01 });
        var kept = await host.PostAsync(Faces, new { img = photo, min_quality = score - 0.01 });

        status.ShouldBe(422, refused.ToString());
        var field = refused.GetProperty("details").GetProperty("fields").EnumerateArray().ShouldHaveSingleItem();
        field.GetProperty("field").GetString().ShouldBe("img");
        field.GetProperty("msg").GetString()!.ShouldContain("below min_quality");
        kept.Status.ShouldBe(200, kept.Answer.ToString());
        kept.Answer.GetProperty("created").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("native")]
    [InlineData("deepface")]
    public async Task Enrol_ListOfASharpAndABlurredPicture_RefusesTheBlurred(string alignment)
    {
        await using var host = await StartAsync();
        byte[] sharp = await File.ReadAllBytesAsync(SharedMaterial.Photo("img11.jpg"), TestContext.Current.CancellationToken);
        byte[] blurred = Blur(sharp);
        double between = (await ScoreAsync(host, DataUri(sharp)) + await ScoreAsync(host, DataUri(blurred))) / 2;

        var (status, _, answer) = await host.PostAsync(Faces, new { imgs = new[] { DataUri(blurred), DataUri(sharp) }, min_quality = between, alignment });

        status.ShouldBe(200, answer.ToString());
        answer.GetProperty("results").EnumerateArray().Select(static item => (item.GetProperty("image").GetInt32(), item.GetProperty("status").GetString()))
            .ShouldBe([(0, "error"), (1, "created")], answer.ToString());
        answer.GetProperty("results")[0].GetProperty("error_code").GetString().ShouldBe("validation_error");
        answer.GetProperty("results")[0].GetProperty("message").GetString()!.ShouldContain("the face has quality 0.");
    }

    [Fact]
    public async Task Enrol_WithLivenessToo_ReadsTheRightCrops()
    {
        await using var host = await StartAsync();
        string photo = DataUri(await File.ReadAllBytesAsync(SharedMaterial.Photo("img10.jpg"), TestContext.Current.CancellationToken));
        double score = await ScoreAsync(host, photo);

        (await host.PostAsync(Faces, new { img = photo, min_quality = score + 0.01, anti_spoofing = true })).Status.ShouldBe(422);
        var kept = await host.PostAsync(Faces, new { img = photo, min_quality = score - 0.01, anti_spoofing = true });

        kept.Status.ShouldBe(200, kept.Answer.ToString());
    }

    [Fact]
    public async Task Enrol_EmbeddingWithMinQuality_Passes()
    {
        await using var host = await StartAsync();
        float[] embedding = (await host.RepresentAsync(RecognitionHost.Sample("anna"))).Answer.GetProperty("result")[0].GetProperty("embedding").Deserialize<float[]>()!;

        var (status, _, answer) = await host.PostAsync(Faces, new { img = embedding, min_quality = 1 });

        status.ShouldBe(200, answer.ToString());
    }

    [Fact]
    public async Task Enrol_WithoutTheWeights_NamesTheFileAndEnrolsNothing()
    {
        var empty = Directory.CreateTempSubdirectory("faceaspire-");
        try
        {
            await using var host = await RecognitionHost.StartAsync(register: null, ("MODELS_DIR", empty.FullName), ("MODELS_CACHE", empty.FullName));

            foreach (object body in (object[])[
                new { img = RecognitionHost.Sample("anna"), min_quality = 0.1 },
                new { imgs = new[] { RecognitionHost.Sample("anna"), RecognitionHost.Sample("anna-leaning") }, min_quality = 0.1 },
            ])
            {
                var (status, _, answer) = await host.PostAsync(Faces, body);

                status.ShouldBe(503, answer.ToString());
                answer.GetProperty("error_code").GetString().ShouldBe("model_unavailable");
                answer.GetProperty("message").GetString()!.ShouldContain("face-quality-assessment.onnx");
            }

            (await host.Client.GetAsync("/api/v1/galleries/staff", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
            (await host.PostAsync(Faces, new { img = RecognitionHost.Sample("anna"), min_quality = 0 })).Status.ShouldBe(200); // asks for nothing
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    private static Task<RecognitionHost> StartAsync() => RecognitionHost.StartAsync(register: null, ("MODELS_DIR", SharedMaterial.File("models")));

    private static async Task<double> ScoreAsync(RecognitionHost host, string picture)
    {
        var (status, _, answer) = await host.PostAsync("/api/v1/represent", new { img = picture, include = new[] { "quality" } });
        status.ShouldBe(200, answer.ToString());
        return answer.GetProperty("result")[0].GetProperty("quality").GetProperty("score").GetDouble();
    }

    private static byte[] Blur(byte[] picture)
    {
        using var image = Image.NewFromBuffer(picture);
        using var blurred = image.Gaussblur(sigma: 8);
        return blurred.JpegsaveBuffer(q: 95);
    }

    private static string DataUri(byte[] picture) => $"data:image/jpeg;base64,{Convert.ToBase64String(picture)}";
}
