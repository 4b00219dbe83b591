using FaceAspire.Testing;

namespace FaceAspire.Recognition.Tests;

/// <summary><c>anti_spoofing</c> where a real face is required. Of the drawn faces the leaning one is a clear print to the networks (0.97).</summary>
public sealed class LivenessRouteTests
{
    [Theory]
    [InlineData("native")]
    [InlineData("deepface")]
    public async Task Represent_DrawnFace_IsRefusedAlsoAfterItWasCached(string alignment)
    {
        await using var host = await StartAsync();
        string drawn = RecognitionHost.Sample("anna-leaning");
        (await host.PostAsync("/api/v1/represent", new { img = drawn, alignment })).Status.ShouldBe(200);

        for (int i = 0; i < 2; i++)
        {
            var (status, _, answer) = await host.PostAsync("/api/v1/represent", new { img = drawn, alignment, anti_spoofing = true });

            status.ShouldBe(422, answer.ToString());
            answer.GetProperty("error_code").GetString().ShouldBe("spoof_detected");
            answer.GetProperty("message").GetString()!.ShouldStartWith("img: ");
        }

        (await host.PostAsync("/api/v1/represent", new { img = drawn, alignment })).Cache.ShouldBe("hit");
    }

    [Fact]
    public async Task Represent_RealFace_IsCheckedOnceAndKeptApartFromUnchecked()
    {
        await using var host = await StartAsync();
        string photo = Photo("img10.jpg");
        var (_, _, plain) = await host.PostAsync("/api/v1/represent", new { img = photo });

        var (status, cache, answer) = await host.PostAsync("/api/v1/represent", new { img = photo, anti_spoofing = true });
        var again = await host.PostAsync("/api/v1/represent", new { img = photo, anti_spoofing = true });

        status.ShouldBe(200, answer.ToString());
        cache.ShouldBe("miss");
        again.Cache.ShouldBe("hit");
        answer.ToString().ShouldBe(plain.ToString());
    }

    [Fact]
    public async Task Verify_DrawnFaceInTheSecond_NamesIt()
    {
        await using var host = await StartAsync();

        var (status, _, answer) = await host.PostAsync("/api/v1/verify", new { img1 = Photo("img10.jpg"), img2 = RecognitionHost.Sample("anna-leaning"), anti_spoofing = true });

        status.ShouldBe(422, answer.ToString());
        answer.GetProperty("error_code").GetString().ShouldBe("spoof_detected");
        answer.GetProperty("message").GetString()!.ShouldStartWith("img2: ");
    }

    [Fact]
    public async Task Galleries_DrawnFace_IsNeitherEnrolledNorSearchedFor()
    {
        await using var host = await StartAsync();
        string drawn = RecognitionHost.Sample("anna-leaning");
        const string Faces = "/api/v1/galleries/staff/subjects/anna/faces";

        (await host.PostAsync(Faces, new { img = drawn, anti_spoofing = true })).Answer.GetProperty("error_code").GetString().ShouldBe("spoof_detected");
        (await host.PostAsync("/api/v1/galleries/staff/search", new { img = drawn })).Status.ShouldBe(404); // it left no gallery behind
        (await host.PostAsync(Faces, new { img = drawn })).Status.ShouldBe(200);
        foreach (var (route, body) in ((string, object)[])[
            ("/api/v1/galleries/staff/search", new { img = drawn, anti_spoofing = true }),
            ("/api/v1/galleries/staff/subjects/anna/verify", new { img = drawn, anti_spoofing = true }),
            ("/api/v1/find", new { img = drawn, gallery = "staff", anti_spoofing = true }),
        ])
        {
            var (status, _, answer) = await host.PostAsync(route, body);
            status.ShouldBe(422, $"{route} {answer}");
            answer.GetProperty("error_code").GetString().ShouldBe("spoof_detected", route);
        }
    }

    [Fact]
    public async Task Enrol_OneDrawnFaceInAList_IsToldOfThatOne()
    {
        await using var host = await StartAsync();

        var (status, _, answer) = await host.PostAsync(
            "/api/v1/galleries/staff/subjects/anna/faces", new { imgs = new[] { RecognitionHost.Sample("anna-leaning"), Photo("img10.jpg") }, anti_spoofing = true });

        status.ShouldBe(200, answer.ToString());
        answer.GetProperty("results")[0].GetProperty("error_code").GetString().ShouldBe("spoof_detected");
        answer.GetProperty("results")[1].GetProperty("status").GetString().ShouldBe("created");
    }

    [Fact]
    public async Task Represent_WithoutTheWeights_NamesTheFile()
    {
        var empty = Directory.CreateTempSubdirectory("faceaspire-");
        try
        {
            await using var host = await RecognitionHost.StartAsync(register: null, ("MODELS_CACHE", empty.FullName));

            var (status, _, answer) = await host.PostAsync("/api/v1/represent", new { img = RecognitionHost.Sample("anna-leaning"), anti_spoofing = true });

            status.ShouldBe(503, answer.ToString());
            answer.GetProperty("error_code").GetString().ShouldBe("model_unavailable");
            answer.GetProperty("message").GetString()!.ShouldContain("minifasnet_v2.onnx");
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    private static Task<RecognitionHost> StartAsync() => RecognitionHost.StartAsync(register: null, ("MODELS_DIR", SharedMaterial.File("models")));

    private static string Photo(string name) => $"data:image/jpeg;base64,{Convert.ToBase64String(File.ReadAllBytes(SharedMaterial.Photo(name)))}";
}
