using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

/// <summary>Every error code that exists yet, and that a refusal costs nothing.</summary>
public sealed class FailureTests(StandaloneFixture standalone)
{
    [Fact]
    public async Task Verify_EveryFieldWrong_NamesThemAllAtOnce()
    {
        var result = await standalone.Client.PostAsync("/api/v1/verify", new
        {
            img1 = 5,
            model_name = "nobody",
            detector_backend = "nothing",
            distance_metric = "far",
            enforce_detection = "maybe",
            align = 1,
            alignment = "best",
            normalization = "odd",
            expand_percentage = 1.5,
            threshold = -1,
            anti_spoofing = "perhaps",
        });

        result.ShouldFail(422).ShouldBe("validation_error");
        result.Answer.GetProperty("details").GetProperty("fields").EnumerateArray().Select(static field => field.GetProperty("field").GetString()).ShouldBe(
            ["img1", "img2", "model_name", "detector_backend", "distance_metric", "enforce_detection", "align", "alignment", "normalization", "expand_percentage", "threshold", "anti_spoofing"],
            ignoreOrder: true);
        result.Answer.ToString().ShouldContain("FaceLite, mobileface_v2, mobilefacenet, mobilefacenet_512, Dlib, VGG-Face, Facenet, Facenet512, OpenFace, DeepFace, DeepID, ArcFace, SFace, GhostFaceNet, Buffalo_L");
    }

    [Theory]
    [InlineData("""{"img": """)]
    [InlineData("""["img"]""")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task Represent_NotTheJsonItShouldBe_Returns422(string body)
    {
        (await PostTextAsync(body, "application/json")).ShouldFail(422).ShouldBe("validation_error");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Represent_OtherContentType_Returns415(string contentType)
    {
        (await PostTextAsync("""{"img":"img1.jpg"}""", contentType)).ShouldFail(415).ShouldBe("unsupported_media_type");
    }

    [Theory]
    [InlineData("data:image/png;base64,%%%")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png;base64,aGVsbG8gd29ybGQ=")]
    [InlineData("no_such_file.jpg")]
    [InlineData("../README.md")]
    [InlineData("/etc/passwd")]
    [InlineData("/dev/zero")]
    [InlineData("pairs.csv")]
    [InlineData("http://127.0.0.1:1/a.jpg")]
    [InlineData("http://localhost:1/a.jpg")]
    [InlineData("http://[::1]:1/a.jpg")]
    [InlineData("http://2130706433:1/a.jpg")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://")]
    public async Task Represent_PictureThatCannotBeHad_Returns400(string image)
    {
        (await standalone.Client.PostAsync("/api/v1/represent", new { img = image })).ShouldFail(400).ShouldBe("image_decode_error");
    }

    [Fact]
    public async Task Represent_UnsupportedType_NamesItAndWhatIsAccepted()
    {
        byte[] tiff = [(byte)'I', (byte)'I', 0x2A, 0, .. new byte[100]];

        var result = await standalone.Client.PostAsync("/api/v1/represent", new { img = DrawnPictures.DataUri(tiff) });

        result.ShouldFail(400).ShouldBe("image_decode_error");
        result.Answer.GetProperty("message").GetString()!.ShouldContain("TIFF");
        result.Answer.GetProperty("message").GetString()!.ShouldContain("JPEG, PNG, WebP, AVIF, GIF and BMP");
    }

    [Fact]
    public async Task Represent_DecompressionBomb_IsRefusedFromItsHeader()
    {
        byte[] bomb = PngFile.Bomb(20_000, 20_000);
        bomb.Length.ShouldBeLessThan(250_000);
        await using var service = await StandaloneFixture.StartAsync();

        var result = await service.Client.PostAsync("/api/v1/represent", new { img = DrawnPictures.DataUri(bomb) });

        result.ShouldFail(413).ShouldBe("image_too_large");
        result.Answer.GetProperty("message").GetString()!.ShouldStartWith("img: ");
        service.PeakWorkingSet.ShouldBeLessThan(700_000_000); // decoded it would be 1.2 GB alone
    }

    [Fact]
    public async Task Represent_ImageAboveTheLimit_Returns413()
    {
        string large = Convert.ToBase64String(new byte[10_485_761]);

        (await standalone.Client.PostAsync("/api/v1/represent", new { img = $"data:image/png;base64,{large}" })).ShouldFail(413).ShouldBe("image_too_large");
    }

    [Fact]
    public async Task Represent_BodyAnnouncedTooLarge_IsRefusedWithoutReadingIt()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/represent") { Content = new StreamContent(new ZeroStream(1L << 32)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentLength = 1L << 32;
        request.Headers.ExpectContinue = true;

        using var response = await standalone.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        (await ApiCalls.ReadAsync(response)).ShouldFail(413).ShouldBe("image_too_large");
    }

    [Fact]
    public async Task Unknown_RouteAndVerb_AreAnsweredInTheEnvelope()
    {
        using var missing = await standalone.Client.GetAsync("/api/v1/find-me", TestContext.Current.CancellationToken);
        using var verb = await standalone.Client.GetAsync("/api/v1/verify", TestContext.Current.CancellationToken);

        (await ApiCalls.ReadAsync(missing)).ShouldFail(404).ShouldBe("not_found");
        (await ApiCalls.ReadAsync(verb)).ShouldFail(405).ShouldBe("method_not_allowed");
        verb.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task Represent_DeadlinePasses_Returns504()
    {
        await using var images = await ImageServer.StartAsync();
        await using var service = await StandaloneFixture.StartAsync(("ALLOW_PRIVATE_URLS", "true"), ("REQUEST_TIMEOUT_SECONDS", "1"));

        (await service.Client.PostAsync("/api/v1/represent", new { img = $"{images.Address}endless" })).ShouldFail(504).ShouldBe("timeout");
    }

    [Fact]
    public async Task Represent_ClientHangsUp_StopsTheWork()
    {
        await using var images = await ImageServer.StartAsync();
        await using var service = await StandaloneFixture.StartAsync(("ALLOW_PRIVATE_URLS", "true"));
        var token = TestContext.Current.CancellationToken;
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var content = new StringContent($$"""{"img":"{{images.Address}}endless"}""", new MediaTypeHeaderValue("application/json"));
        var call = service.Client.PostAsync("/api/v1/represent", content, leaving.Token);
        await images.Came.Task.WaitAsync(TimeSpan.FromSeconds(20), token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await images.Left.Task.WaitAsync(TimeSpan.FromSeconds(5), token); // the limit of a URL alone would take 10 s
        await service.WaitForLogAsync("\"status\":499", token);
        service.Log.ShouldNotContain("\"level\":\"ERROR\"");
    }

    [Fact]
    public async Task Represent_MoreThanTheQueueHolds_Returns503WithRetryAfter()
    {
        SharedMaterial.Require();
        await using var service = await StandaloneFixture.StartAsync(("MAX_CONCURRENCY", "1"), ("MAX_QUEUE", "0"));

        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
            service.Client.PostAsync("/api/v1/represent", new StringContent("""{"img":"img1.jpg"}""", new MediaTypeHeaderValue("application/json")), TestContext.Current.CancellationToken)));

        responses.ShouldContain(static response => response.StatusCode == HttpStatusCode.OK);
        var refused = responses.First(static response => response.StatusCode != HttpStatusCode.OK);
        (await ApiCalls.ReadAsync(refused)).ShouldFail(503).ShouldBe("service_unavailable");
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task Verify_SmallestHouse_AnswersOneAfterTheOther()
    {
        SharedMaterial.Require();
        await using var service = await StandaloneFixture.StartAsync(("MAX_CONCURRENCY", "1"), ("MAX_QUEUE", "0"));

        for (int i = 0; i < 3; i++)
        {
            // Two pictures, but one request.
            (await service.Client.PostAsync("/api/v1/verify", new { img1 = "img1.jpg", img2 = "img2.jpg" })).ShouldSucceed().GetProperty("verified").GetBoolean().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Verify_OnePictureFails_DoesNotWaitForTheOther()
    {
        SharedMaterial.Require();
        await using var images = await ImageServer.StartAsync();
        await using var service = await StandaloneFixture.StartAsync(("ALLOW_PRIVATE_URLS", "true"));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        var result = await service.Client.PostAsync("/api/v1/verify", new { img1 = $"{images.Address}endless", img2 = "no_such_file.jpg" });

        result.ShouldFail(400).ShouldBe("image_decode_error");
        result.Answer.GetProperty("message").GetString()!.ShouldStartWith("img2: ");
        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(8)); // the limit of a URL is 10 s
    }

    [Fact]
    public async Task Verify_SecondPictureIsNone_IsToldByItsName()
    {
        var result = await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", new { img1 = "img1.jpg", img2 = DrawnPictures.DataUri("no picture at all"u8.ToArray()) });

        result.ShouldFail(400).ShouldBe("image_decode_error");
        result.Answer.GetProperty("message").GetString()!.ShouldStartWith("img2: ");
    }

    [Fact]
    public async Task Verify_WithoutWeights_Returns503SayingWhatToDo()
    {
        string empty = Directory.CreateTempSubdirectory("faceaspire-").FullName;
        await using var service = await ServiceProcess.StartAsync(
            StandaloneFixture.Assembly,
            new Dictionary<string, string?> { ["MODELS_DIR"] = empty, ["MODELS_CACHE"] = empty, ["DEFAULT_MODEL"] = "Dlib", ["DEFAULT_DETECTOR"] = "yunet" },
            TestContext.Current.CancellationToken);

        string white = DrawnPictures.DataUri(DrawnPictures.Black(64, 64), ".png");
        var result = await service.Client.PostAsync("/api/v1/verify", new { img1 = white, img2 = white });
        using var ready = await service.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        using var live = await service.Client.GetAsync("/health/live", TestContext.Current.CancellationToken);

        result.ShouldFail(503).ShouldBe("model_unavailable");
        result.Answer.GetProperty("message").GetString()!.ShouldContain("MODELS_DIR");
        result.Answer.GetProperty("message").GetString()!.ShouldNotContain(empty);
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        Directory.Delete(empty);
    }

    private async Task<(int Status, System.Text.Json.JsonElement Answer)> PostTextAsync(string body, string contentType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await standalone.Client.PostAsync("/api/v1/represent", content, TestContext.Current.CancellationToken);
        return await ApiCalls.ReadAsync(response);
    }
}
