using System.Text.Json;

namespace FaceAspire.Recognition.Tests.Caching;

/// <summary>What a client sees of the cache.</summary>
public sealed class CacheRouteTests : IAsyncLifetime
{
    private RecognitionHost? _host;

    private RecognitionHost Host => _host!;

    public async ValueTask InitializeAsync() => _host = await RecognitionHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    [Fact]
    public async Task Represent_SamePictureAgain_IsAHitWithTheSameAnswer()
    {
        var first = await Host.RepresentAsync(RecognitionHost.Sample("anna"));
        var second = await Host.RepresentAsync(RecognitionHost.Sample("anna"));

        first.Cache.ShouldBe("miss");
        second.Cache.ShouldBe("hit");
        second.Answer.ToString().ShouldBe(first.Answer.ToString());
        second.Answer.GetProperty("result")[0].GetProperty("embedding").GetArrayLength().ShouldBe(192);
    }

    [Fact]
    public async Task Represent_Include_IsComputedAndTellsTheSameEmbeddingWithWhatWasAsked()
    {
        var plain = await Host.RepresentAsync(RecognitionHost.Sample("anna"));

        var (status, cache, answer) = await Host.PostAsync("/api/v1/represent", new { img = RecognitionHost.Sample("anna"), include = new[] { "pose", "landmarks" } });

        status.ShouldBe(200, answer.ToString());
        cache.ShouldBe("bypass");
        var face = answer.GetProperty("result")[0];
        face.GetProperty("embedding").ToString().ShouldBe(plain.Answer.GetProperty("result")[0].GetProperty("embedding").ToString());
        face.GetProperty("pose").GetProperty("roll").GetDouble().ShouldBeInRange(-10, 10);
        face.GetProperty("landmarks").GetProperty("left_eye")[0].GetDouble().ShouldBeGreaterThan(face.GetProperty("landmarks").GetProperty("right_eye")[0].GetDouble());
        face.TryGetProperty("quality", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Represent_OtherOptions_IsAMiss()
    {
        await Host.RepresentAsync(RecognitionHost.Sample("anna"));

        var (status, cache, _) = await Host.PostAsync("/api/v1/represent", new { img = RecognitionHost.Sample("anna"), align = false });

        status.ShouldBe(200);
        cache.ShouldBe("miss");
    }

    [Theory]
    [InlineData("no-cache", "hit")]
    [InlineData("no-store", "miss")]
    [InlineData("max-age=60, No-Store", "miss")]
    public async Task Represent_Bypass_IsToldAndStoresOnlyUnderNoCache(string cacheControl, string afterwards)
    {
        (await Host.RepresentAsync(RecognitionHost.Sample("anna"), cacheControl)).Cache.ShouldBe("bypass");
        (await Host.RepresentAsync(RecognitionHost.Sample("anna"))).Cache.ShouldBe(afterwards);
        (await Host.RepresentAsync(RecognitionHost.Sample("anna"), cacheControl)).Cache.ShouldBe("bypass");
    }

    [Theory]
    [InlineData("public")]
    [InlineData("=;,no-")]
    [InlineData("")]
    public async Task Represent_OtherCacheControl_ChangesNothing(string cacheControl)
    {
        await Host.RepresentAsync(RecognitionHost.Sample("anna"));

        (await Host.RepresentAsync(RecognitionHost.Sample("anna"), cacheControl)).Cache.ShouldBe("hit");
    }

    [Fact]
    public async Task Verify_OnePictureKnown_IsAMissAndBothKnownAHit()
    {
        await Host.RepresentAsync(RecognitionHost.Sample("anna"));
        object body = new { img1 = RecognitionHost.Sample("anna"), img2 = RecognitionHost.Sample("ben") };

        var first = await Host.PostAsync("/api/v1/verify", body);
        var second = await Host.PostAsync("/api/v1/verify", body);

        first.Status.ShouldBe(200, first.Answer.ToString());
        first.Cache.ShouldBe("miss");
        second.Cache.ShouldBe("hit");
        WithoutTime(second.Answer).ShouldBe(WithoutTime(first.Answer));
    }

    [Fact]
    public async Task Verify_GivenEmbeddings_DoNotCount()
    {
        var (_, known) = await Host.RepresentAsync(RecognitionHost.Sample("anna"));
        float[] embedding = known.GetProperty("result")[0].GetProperty("embedding").Deserialize<float[]>()!;

        var mixed = await Host.PostAsync("/api/v1/verify", new { img1 = RecognitionHost.Sample("anna"), img2 = embedding });
        var none = await Host.PostAsync("/api/v1/verify", new { img1 = embedding, img2 = embedding });

        mixed.Cache.ShouldBe("hit");
        mixed.Answer.GetProperty("distance").GetDouble().ShouldBe(0, 1e-6);
        none.Status.ShouldBe(200, none.Answer.ToString());
        none.Cache.ShouldBeNull();
    }

    [Fact]
    public async Task Represent_Failure_TellsNothingOfTheCacheAndIsNotKept()
    {
        string grey = $"data:image/png;base64,{Convert.ToBase64String(FaceAspire.Testing.PngFile.Bomb(64, 64))}";

        var first = await Host.PostAsync("/api/v1/represent", new { img = grey });
        var second = await Host.PostAsync("/api/v1/represent", new { img = grey });
        var whole = await Host.PostAsync("/api/v1/represent", new { img = grey, enforce_detection = false });

        first.Status.ShouldBe(422, first.Answer.ToString());
        first.Answer.GetProperty("error_code").GetString().ShouldBe("no_face_detected");
        (first.Cache, second.Cache, second.Status).ShouldBe((null, null, 422));
        whole.Status.ShouldBe(200, whole.Answer.ToString());
        whole.Cache.ShouldBe("miss");
    }

    [Fact]
    public async Task Represent_FailureSharedByManyFields_NamesEachOnesOwn()
    {
        string grey = $"data:image/png;base64,{Convert.ToBase64String(FaceAspire.Testing.PngFile.Bomb(64, 64))}";

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? Host.PostAsync("/api/v1/represent", new { img = grey })
            : Host.PostAsync("/api/v1/verify", new { img1 = RecognitionHost.Sample("anna"), img2 = grey })));

        for (int i = 0; i < answers.Length; i++)
        {
            answers[i].Answer.GetProperty("message").GetString()!.ShouldStartWith(i % 2 == 0 ? "img: no face" : "img2: no face");
        }
    }

    [Fact]
    public async Task Represent_CacheOff_HasNoHeader()
    {
        await using var off = await RecognitionHost.StartAsync(settings: ("EMBEDDING_CACHE_TTL_SECONDS", "0"));

        (await off.RepresentAsync(RecognitionHost.Sample("anna"))).Cache.ShouldBeNull();
        (await off.RepresentAsync(RecognitionHost.Sample("anna"), "no-cache")).Cache.ShouldBeNull();
    }

    [Fact]
    public async Task Ready_WithoutRedis_SaysNothingOfIt() => (await Host.WaitForReadinessAsync(static (status, _) => status == 200)).ShouldBeNull();

    private static string WithoutTime(JsonElement answer) =>
        string.Join(',', answer.EnumerateObject().Where(static member => member.Name != "time").Select(static member => $"{member.Name}={member.Value}"));
}
