using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Redis;
using FaceAspire.Local;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests.Redis;

/// <summary>A server that is away, slow, back, or another one.</summary>
public sealed class RedisOutageTests
{
    private const string Gallery = "outage";

    // The limit of a command is 5 s; the rest is a busy machine.
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(15);

    private static readonly FaceSearch _search = new(DistanceMetric.Cosine, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryMember_ServerIsAway_IsUnavailableInBoundedTime()
    {
        var redis = await CacheServer.StartAsync(Token);
        await using var gallery = Open(redis);
        await redis.StopAsync();

        foreach (var member in Members(gallery))
        {
            await ShouldBeUnavailableAsync(member);
        }

        await redis.DisposeAsync();
    }

    [Fact]
    public async Task EveryMember_ServerGoesAndComesBack_GoesOnWithWhatIsThere()
    {
        await using var redis = await CacheServer.StartAsync(Token);
        RecordingLogger logger = new();
        await using RedisFaceGallery gallery = new(redis.ConnectionString, logger, TimeProvider.System);
        await gallery.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        (await gallery.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 5), Token))[0].Count.ShouldBe(1);

        await redis.StopAsync();
        foreach (var member in Members(gallery))
        {
            await ShouldBeUnavailableAsync(member);
        }

        // It keeps nothing on disk: what comes back is empty, and nothing that was in memory here may be taken for its content.
        await redis.ResumeAsync(Token);
        await UntilAsync(async () => await gallery.FindGalleryAsync(Gallery, Token) is null);
        (await gallery.SearchAsync(Gallery, Space, [Vector(1)], _search, Token))[0].ShouldBeEmpty();
        long face = (await gallery.EnrolAsync(Gallery, [Face("Eve", 2)], Token))[0].Face.Id;
        (await gallery.SearchAsync(Gallery, Space, [Vector(1)], new(DistanceMetric.Euclidean, 5), Token))[0].ShouldHaveSingleItem().Face.Id.ShouldBe(face);
        logger.Messages.Count(static message => message.StartsWith("Redis is away", StringComparison.Ordinal)).ShouldBe(1, "not one line for each request");
        logger.Messages.Count(static message => message.StartsWith("Redis is back", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task EveryMember_ServerAnswersNothing_IsUnavailableInBoundedTimeThenGoesOn()
    {
        Assert.SkipUnless(CacheServer.IsInstalled, "Garnet has no process of its own that could be held");
        await using var redis = await CacheServer.StartAsync(Token);
        await using var gallery = Open(redis);
        await gallery.EnrolAsync(Gallery, [Face("Ada", 1)], Token);

        redis.Pause();
        try
        {
            // All at once: each may take its whole limit.
            await Task.WhenAll(Members(gallery).Select(ShouldBeUnavailableAsync));
        }
        finally
        {
            redis.Continue();
        }

        await UntilAsync(async () => (await gallery.SearchAsync(Gallery, Space, [Vector(1)], _search, Token))[0] is [{ Face.Subject: "Ada" }, ..]);
    }

    [Fact]
    public async Task Enrol_ServerIsFull_IsUnavailableAndKeepsNothing()
    {
        Assert.SkipUnless(CacheServer.IsInstalled, "Garnet has no limit that can be changed while it runs");
        await using var redis = await CacheServer.StartAsync(Token);
        await using var gallery = Open(redis);
        await gallery.EnrolAsync(Gallery, [Face("Ada", 1)], Token);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",allowAdmin=true");
        await connection.GetServers()[0].ConfigSetAsync("maxmemory", "1");

        (await Should.ThrowAsync<FaceAspireException>(() => gallery.EnrolAsync(Gallery, [Face("Eve", 2)], Token))).Code.ShouldBe(ErrorCode.ServiceUnavailable);

        await connection.GetServers()[0].ConfigSetAsync("maxmemory", "0");
        (await gallery.ListFacesAsync(Gallery, null, 0, 10, Token)).ShouldHaveSingleItem().Subject.ShouldBe("Ada");
        (await gallery.EnrolAsync(Gallery, [Face("Eve", 2)], Token))[0].Created.ShouldBeTrue();
    }

    [Fact]
    public async Task Search_ProcessDiedBeforeItsVectorsWereInTheSet_IsPutRightByTheNext()
    {
        await using var redis = await CacheServer.StartAsync(Token, hasVectorSets: true);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",allowAdmin=true");
        var database = connection.GetDatabase();
        await using var gallery = Open(redis);
        long[] ids = [.. (await gallery.EnrolAsync(Gallery, [.. Enumerable.Range(0, 600).Select(static i => Face("Ada", i))], Token)).Select(static result => result.Face.Id)];
        var keys = (await connection.GetServers()[0].KeysAsync().ToListAsync(Token)).Select(static key => key.ToString());
        string own = keys.Single(static key => key.EndsWith(":faces", StringComparison.Ordinal))[..^"faces".Length];

        // As if its transaction had been the last thing it did: one face is not in the set, one that is gone still is.
        await database.ExecuteAsync("VREM", own + "vectors:1", ids[7].ToString(System.Globalization.CultureInfo.InvariantCulture));
        await database.ExecuteAsync("VADD", own + "vectors:1", "FP32", VectorSets.Unit(Vector(7_777).Values.Span)!, "987654", "NOQUANT");
        await database.SortedSetAddAsync(own + "unsettled", [new($"{ids[7]}:dead", 1), new("987654:dead", 1)]);

        await using var next = Open(redis);
        (await next.SearchAsync(Gallery, Space, [Vector(7)], _search, Token))[0][0].Face.Id.ShouldBe(ids[7]);
        ((int)await database.ExecuteAsync("VCARD", own + "vectors:1")).ShouldBe(600);
        (await database.KeyExistsAsync(own + "unsettled")).ShouldBeFalse();
    }

    private static RedisFaceGallery Open(CacheServer redis) => new(redis.ConnectionString, NullLogger<RedisFaceGallery>.Instance, TimeProvider.System);

    private static Func<Task>[] Members(RedisFaceGallery gallery) =>
    [
        () => gallery.ListGalleriesAsync(Token),
        () => gallery.FindGalleryAsync(Gallery, Token),
        () => gallery.EnrolAsync(Gallery, [Face("Ada", 1)], Token),
        () => gallery.SearchAsync(Gallery, Space, [Vector(1)], _search, Token),
        () => gallery.DeleteFacesAsync(Gallery, [1], Token),
        () => gallery.DeleteGalleryAsync(Gallery, Token),
        async () => await gallery.StreamAsync(Gallery, Space, Token).ToListAsync(Token),
        async () => await gallery.ListFilesAsync(Gallery, Token).ToListAsync(Token),
        () => gallery.PutFilesAsync(Gallery, [], Token),
    ];

    private static async Task ShouldBeUnavailableAsync(Func<Task> member)
    {
        long start = Stopwatch.GetTimestamp();
        var failure = await Should.ThrowAsync<FaceAspireException>(member);
        failure.Code.ShouldBe(ErrorCode.ServiceUnavailable);
        failure.RetryAfter.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_bound);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (FaceAspireException failure) when (failure.Code == ErrorCode.ServiceUnavailable && Stopwatch.GetElapsedTime(start) < _bound)
            {
            }

            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_bound);
            await Task.Delay(50, Token);
        }
    }

    private sealed class RecordingLogger : ILogger<RedisFaceGallery>
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Messages { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Enqueue(formatter(state, exception));
    }
}
