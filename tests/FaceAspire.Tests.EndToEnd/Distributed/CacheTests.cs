using FaceAspire.Tests.EndToEnd.Local;
using StackExchange.Redis;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>A picture is embedded once, whoever asks and whatever was restarted since.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class CacheTests(WholeSet whole)
{
    private static readonly TimeSpan _storeLimit = TimeSpan.FromSeconds(10);

    [Fact]
    public Task Represent_RecognitionRestarted_IsAHitWithTheSameNumbers() => whole.WithRedisAsync(async () =>
    {
        object body = new { img = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg")) };
        await using var redis = await ConnectionMultiplexer.ConnectAsync(whole.Set.Cache.ConnectionString);
        long before = await CountAsync(redis);

        var first = await RepresentAsync(body);
        var second = await RepresentAsync(body);
        await WaitForEntriesAsync(redis, before + 1);
        await whole.Set[WholeSet.Recognition].RestartAsync(TestContext.Current.CancellationToken);
        var third = await RepresentAsync(body);

        (first.Cache, second.Cache, third.Cache).ShouldBe(("miss", "hit", "hit"));
        first.Status.ShouldBe("200", first.Body);
        second.Body.ShouldBe(first.Body);
        third.Body.ShouldBe(first.Body);
        first.Body.ShouldBe((await ApiAnswer.PostAsync(whole.Standalone.Client, "/api/v1/represent", body)).Body);
    });

    [Fact]
    public async Task Verify_OnePictureSeen_IsAHitOnlyWhenBothAre()
    {
        string anna = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg"));
        string ben = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg"));
        await RepresentAsync(new { img = anna });

        var first = await ApiAnswer.PostAsync(whole.Client, "/api/v1/verify", new { img1 = anna, img2 = ben });
        var second = await ApiAnswer.PostAsync(whole.Client, "/api/v1/verify", new { img1 = anna, img2 = ben });

        (first.Cache, second.Cache).ShouldBe(("miss", "hit"));
        second.Body.ShouldBe(first.Body);
    }

    [Fact]
    public async Task Represent_NoStore_LeavesNothingBehind()
    {
        object body = new { img = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")) };

        (await RepresentAsync(body, "no-store")).Cache.ShouldBe("bypass");
        (await RepresentAsync(body)).Cache.ShouldBe("miss");
    }

    [Fact]
    public async Task Represent_NoCache_IsComputedAfreshAndStored()
    {
        object body = new { img = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")) };

        (await RepresentAsync(body, "no-cache")).Cache.ShouldBe("bypass");
        (await RepresentAsync(body)).Cache.ShouldBe("hit");
        (await RepresentAsync(body, "no-cache")).Cache.ShouldBe("bypass");
    }

    private Task<ApiAnswer> RepresentAsync(object body, string? cacheControl = null) => cacheControl is null
        ? ApiAnswer.PostAsync(whole.Client, "/api/v1/represent", body)
        : ApiAnswer.PostAsync(whole.Client, "/api/v1/represent", body, ("Cache-Control", cacheControl));

    private async Task<long> CountAsync(ConnectionMultiplexer redis) => await redis.GetServer("127.0.0.1", whole.Set.Cache.Port).DatabaseSizeAsync();

    /// <summary>An entry is written to Redis a little after the answer.</summary>
    private async Task WaitForEntriesAsync(ConnectionMultiplexer redis, long count)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (await CountAsync(redis) < count)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(_storeLimit, $"Redis should have {count} entries");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
