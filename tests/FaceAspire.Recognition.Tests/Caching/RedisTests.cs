using System.Diagnostics;
using System.Globalization;
using FaceAspire.Local;
using FaceAspire.Recognition.Caching;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace FaceAspire.Recognition.Tests.Caching;

/// <summary>The tier that replicas share, with a real Redis, there and away.</summary>
public sealed class RedisTests
{
    // Of a request, beyond what it takes anyway: the limit of a command is 250 ms, the rest is a busy machine.
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Represent_TwoInstances_TheSecondHitsWhatTheFirstComputed()
    {
        await using var redis = await CacheServer.StartAsync(Token);
        await using var first = await StartAsync(redis.ConnectionString);
        await using var second = await StartAsync(redis.ConnectionString);
        var computed = await first.RepresentAsync(RecognitionHost.Sample("anna"));
        await WaitForKeysAsync(redis, 1);

        var found = await second.RepresentAsync(RecognitionHost.Sample("anna"));

        computed.Cache.ShouldBe("miss");
        found.Cache.ShouldBe("hit");
        found.Answer.ToString().ShouldBe(computed.Answer.ToString());
        (await second.RepresentAsync(RecognitionHost.Sample("ben"))).Cache.ShouldBe("miss");
    }

    [Fact]
    public async Task Represent_OtherReleaseOrModel_StoresBesideIt()
    {
        await using var redis = await CacheServer.StartAsync(Token);
        await using var host = await StartAsync(redis.ConnectionString);
        await host.RepresentAsync(RecognitionHost.Sample("anna"));
        await host.PostAsync("/api/v1/represent", new { img = RecognitionHost.Sample("anna"), alignment = "deepface" });

        var keys = await WaitForKeysAsync(redis, 2);

        keys.ShouldAllBe(key => key.Length == 68);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("flipped")]
    [InlineData("another picture's")]
    public async Task Represent_GarbageInRedis_IsAMissAndIsReplaced(string garbage)
    {
        await using var redis = await CacheServer.StartAsync(Token);
        await using var first = await StartAsync(redis.ConnectionString);
        var expected = await first.RepresentAsync(RecognitionHost.Sample("anna"));
        string key = (await WaitForKeysAsync(redis, 1)).Single();
        await first.RepresentAsync(RecognitionHost.Sample("ben"));
        string other = (await WaitForKeysAsync(redis, 2)).Single(one => one != key);
        await using var connection = await ConnectAsync(redis);
        var database = connection.GetDatabase();
        byte[] stored = (byte[])(await database.HashGetAsync(key, "data"))!;
        byte[] flipped = [.. stored];
        flipped[^20] ^= 1; // in the embedding
        await database.HashSetAsync(key, "data", garbage switch
        {
            "random" => RandomBytes(700),
            "empty" => [],
            "truncated" => stored[..^10],
            "flipped" => flipped,
            _ => (byte[])(await database.HashGetAsync(other, "data"))!,
        });

        await using var second = await StartAsync(redis.ConnectionString);
        var answered = await second.RepresentAsync(RecognitionHost.Sample("anna"));
        await using var third = await StartAsync(redis.ConnectionString);

        answered.Cache.ShouldBe("miss");
        answered.Answer.ToString().ShouldBe(expected.Answer.ToString());
        await WaitForAsync(async () => ((byte[])(await database.HashGetAsync(key, "data"))!).Length == stored.Length, "the entry is whole again");
        (await third.RepresentAsync(RecognitionHost.Sample("anna"))).Cache.ShouldBe("hit");
        second.Log.ShouldNotContain(static line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Represent_KeyHoldsSomethingElse_IsAMissToldOnce()
    {
        await using var redis = await CacheServer.StartAsync(Token);
        await using var first = await StartAsync(redis.ConnectionString);
        var expected = await first.RepresentAsync(RecognitionHost.Sample("anna"));
        string key = (await WaitForKeysAsync(redis, 1)).Single();
        await using var connection = await ConnectAsync(redis);
        await connection.GetDatabase().KeyDeleteAsync(key);
        await connection.GetDatabase().StringSetAsync(key, "no hash");

        await using var second = await StartAsync(redis.ConnectionString);
        var answered = await second.RepresentAsync(RecognitionHost.Sample("anna"));

        answered.Cache.ShouldBe("miss");
        answered.Answer.ToString().ShouldBe(expected.Answer.ToString());
        (await second.RepresentAsync(RecognitionHost.Sample("anna"))).Cache.ShouldBe("hit"); // from memory
        second.Log.Count(static line => line.Contains("refuses commands of the embedding cache (WRONGTYPE)", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', second.Log));
    }

    [Fact]
    public async Task Represent_RedisStopsAndComesBack_IsAnsweredThroughoutAndToldTwice()
    {
        await using var redis = await CacheServer.StartAsync(Token);
        await using var host = await StartAsync(redis.ConnectionString);
        var expected = await host.RepresentAsync(RecognitionHost.Sample("anna"));
        await WaitForKeysAsync(redis, 1);

        await redis.StopAsync();
        for (int i = 0; i < 10; i++)
        {
            await ShouldAnswerAsync(host, i);
        }

        (await host.RepresentAsync(RecognitionHost.Sample("anna"))).ShouldSatisfyAllConditions(
            answer => answer.Cache.ShouldBe("hit"), // from memory
            answer => answer.Answer.ToString().ShouldBe(expected.Answer.ToString()));
        string? away = await host.WaitForReadinessAsync(static (_, cache) => cache != "ok");
        away.ShouldNotBeNull().ShouldStartWith("degraded: Redis is away");

        await redis.ResumeAsync(Token);
        await host.WaitForReadinessAsync(static (status, cache) => status == 200 && cache == "ok");
        (await host.RepresentAsync(RecognitionHost.Sample("ben"))).Cache.ShouldBe("miss");
        await WaitForKeysAsync(redis, 1); // it is used again

        TellsOf(host, "Redis is away").ShouldBe(1, string.Join('\n', host.Log));
        TellsOf(host, "Redis is back").ShouldBe(1, string.Join('\n', host.Log));
        host.Log.ShouldNotContain(static line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Represent_RedisHangs_OnlyTheFirstFewWait()
    {
        await using var redis = await CacheServer.StartAsync(Token);
        Assert.SkipWhen(redis.ProcessId is null, "redis-server is not installed; Garnet runs in this process and cannot be stopped alone");
        await using var host = await StartAsync(redis.ConnectionString);
        await host.RepresentAsync(RecognitionHost.Sample("anna"));

        await SignalAsync(redis, "STOP");
        try
        {
            for (int i = 0; i < 6; i++)
            {
                await ShouldAnswerAsync(host, i);
            }

            string? away = await host.WaitForReadinessAsync(static (_, cache) => cache != "ok");
            away.ShouldNotBeNull().ShouldStartWith("degraded: Redis is away");
            for (int i = 6; i < 16; i++)
            {
                await ShouldAnswerAsync(host, i);
            }

            TellsOf(host, "Redis is away").ShouldBe(1, string.Join('\n', host.Log));
        }
        finally
        {
            await SignalAsync(redis, "CONT");
        }

        await host.WaitForReadinessAsync(static (status, cache) => status == 200 && cache == "ok");
        TellsOf(host, "Redis is back").ShouldBe(1, string.Join('\n', host.Log));
        (await host.RepresentAsync(RecognitionHost.Sample("ben"))).Cache.ShouldBe("miss");
    }

    [Theory]
    [InlineData("wrong password")]
    [InlineData("refused")]
    [InlineData("no such name")]
    [InlineData("silent")]
    public async Task Start_RedisOfNoUse_IsReadyAndAnswers(string obstacle)
    {
        await using var redis = await CacheServer.StartAsync(Token);
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start(); // takes connections and says nothing
        string connection = obstacle switch
        {
            "wrong password" => redis.ConnectionString.Replace("password=local", "password=other", StringComparison.Ordinal),
            "no such name" => "redis.invalid:6379,password=secret",
            "silent" => string.Create(CultureInfo.InvariantCulture, $"{silent.LocalEndpoint},password=secret"),
            _ => redis.ConnectionString,
        };
        if (obstacle == "refused")
        {
            await redis.StopAsync();
        }

        await using var host = await RecognitionHost.StartAsync(settings: ("ConnectionStrings:cache", connection));

        (await host.WaitForReadinessAsync(static (status, _) => status == 200)).ShouldNotBeNull().ShouldStartWith("degraded: Redis is away");
        for (int i = 0; i < 4; i++)
        {
            await ShouldAnswerAsync(host, i);
        }

        TellsOf(host, "Redis is away").ShouldBe(1, string.Join('\n', host.Log));
        host.Log.ShouldNotContain(static line => line.Contains("secret", StringComparison.Ordinal) || line.Contains("password=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("host:6379,nonsense=5,password=secret")]
    [InlineData("password=secret")]
    public async Task Start_NoConnectionString_IsRefusedWithoutShowingIt(string connection)
    {
        var failure = await Should.ThrowAsync<OptionsValidationException>(() => RecognitionHost.StartAsync(settings: ("ConnectionStrings:cache", connection)));

        failure.Failures.ShouldHaveSingleItem().ShouldStartWith("ConnectionStrings__cache: must be");
        failure.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Start_BlankConnectionString_IsMemoryOnly(string connection)
    {
        await using var host = await RecognitionHost.StartAsync(settings: ("ConnectionStrings:cache", connection));

        (await host.WaitForReadinessAsync(static (status, _) => status == 200)).ShouldBeNull();
        await host.RepresentAsync(RecognitionHost.Sample("anna"));
        (await host.RepresentAsync(RecognitionHost.Sample("anna"))).Cache.ShouldBe("hit");
    }

    [Fact]
    public async Task Start_WrongSettings_TellsAllOfThem()
    {
        var failure = await Should.ThrowAsync<OptionsValidationException>(() =>
            RecognitionHost.StartAsync(settings: [("EMBEDDING_CACHE_TTL_SECONDS", "-1"), ("EMBEDDING_CACHE_MB", "much")]));

        failure.Failures.ShouldBe(
        [
            "EMBEDDING_CACHE_TTL_SECONDS: must lie between 0 and 31536000 (value '-1')",
            "EMBEDDING_CACHE_MB: must be a whole number (value 'much')",
        ]);
    }

    [Fact]
    public async Task Represent_Traced_RedisCommandsAreInTheRequestsTraceWithoutKeysOrValues()
    {
        await using var redis = await CacheServer.StartAsync(Token);
        var spans = new SpanCollector();
        await using var host = await RecognitionHost.StartAsync(
            services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans)),
            ("ConnectionStrings:cache", redis.ConnectionString),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")); // nobody listens there; without it there is no tracing

        using var call = new Activity("call") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start(); // the client sends it along; other tests' spans come here too

        await host.RepresentAsync(RecognitionHost.Sample("anna"));
        string key = (await WaitForKeysAsync(redis, 1)).Single();

        List<Activity> OfThisCall() => [.. spans.Ended.Where(span => span.TraceId == call.TraceId)];
        await WaitForAsync(() => Task.FromResult(OfThisCall().Count(IsRedis) >= 2), "the commands that look up and store are in the trace");
        var trace = OfThisCall();
        foreach (string name in (string[])["decode", "detect", "embed"])
        {
            trace.ShouldContain(span => span.OperationName == name, name);
        }

        string everything = string.Join('\n', trace.Select(static span => $"{span.DisplayName} {string.Join(' ', span.TagObjects)}"));
        everything.ShouldNotContain(key);
        everything.ShouldNotContain(EmbeddingKeys.Prefix);
        var embed = trace.Single(static span => span.OperationName == "embed");
        embed.GetTagItem("model").ShouldBe("FaceLite");
        embed.GetTagItem("faces").ShouldBe(1);
    }

    private static bool IsRedis(Activity span) => span.Source.Name == "OpenTelemetry.Instrumentation.StackExchangeRedis";

    private static async Task<RecognitionHost> StartAsync(string connection)
    {
        var host = await RecognitionHost.StartAsync(settings: ("ConnectionStrings:cache", connection));
        await host.WaitForReadinessAsync(static (_, cache) => cache == "ok");
        return host;
    }

    /// <summary>Asks for something never asked before, by a number, and checks that the answer is right and comes in time.</summary>
    private static async Task ShouldAnswerAsync(RecognitionHost host, int number)
    {
        long start = Stopwatch.GetTimestamp();
        var (status, cache, answer) = await host.PostAsync("/api/v1/represent", new { img = RecognitionHost.Sample("anna-leaning"), expand_percentage = number });

        status.ShouldBe(200, answer.ToString());
        cache.ShouldBe("miss");
        answer.GetProperty("result")[0].GetProperty("embedding").GetArrayLength().ShouldBe(192);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_bound, $"request {number}");
    }

    private static int TellsOf(RecognitionHost host, string text) => host.Log.Count(line => line.Contains(text, StringComparison.Ordinal));

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(20_251_125).NextBytes(bytes);
        return bytes;
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(CacheServer redis) => await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

    /// <summary>The cache's keys, once there are as many as expected: storing goes on after the answer.</summary>
    private static async Task<IReadOnlyList<string>> WaitForKeysAsync(CacheServer redis, int count)
    {
        await using var connection = await ConnectAsync(redis);
        List<string> keys = [];
        await WaitForAsync(
            async () =>
            {
                keys = [];
                await foreach (var key in connection.GetServers().Single().KeysAsync(pattern: "fa1:*"))
                {
                    keys.Add(key.ToString());
                }

                return keys.Count == count;
            },
            $"{count} keys are stored");
        return keys;
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20), $"waited for: {what}");
            await Task.Delay(20, Token);
        }
    }

    private static async Task SignalAsync(CacheServer redis, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", redis.ProcessId!.Value.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    private sealed class SpanCollector : BaseProcessor<Activity>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<Activity> _ended = new();

        public IReadOnlyCollection<Activity> Ended => _ended;

        public override void OnEnd(Activity data) => _ended.Enqueue(data);
    }
}
