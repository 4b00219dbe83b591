using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FaceAspire.Local;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>A Redis that goes, hangs or holds nonsense costs time, never an answer.</summary>
[Collection(FaultGroup.Name)]
public sealed class CacheFaultTests(LoneSet set) : IClassFixture<LoneSet>
{
    // Of an outage a few requests notice: each waits at most a quarter of a second for reading and one for writing. The rest is what a busy machine takes.
    private static readonly TimeSpan _bounded = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan _noticed = TimeSpan.FromSeconds(10);

    private int _picture;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Represent_RedisStopped_AnswersAllAndHitsAgainOnItsReturn()
    {
        await AnswersAsync("miss", NewPicture());

        await set.Set.Cache.StopAsync();
        for (int i = 0; i < 10; i++)
        {
            byte[] picture = NewPicture();
            (await AnswersAsync("miss", picture)).ShouldBeLessThan(_bounded);
            (await AnswersAsync("hit", picture)).ShouldBeLessThan(_bounded); // of the process's own memory
        }

        await set.Set.Cache.ResumeAsync(Token);
        await SharesAgainAsync();
    }

    [Fact]
    public async Task Represent_RedisHangs_AnswersAllAndHitsAgainWhenItGoesOn()
    {
        Assert.SkipUnless(CacheServer.IsInstalled, "Garnet has no process of its own that could be held");
        await AnswersAsync("miss", NewPicture());

        set.Set.Cache.Pause();
        try
        {
            for (int i = 0; i < 10; i++)
            {
                (await AnswersAsync("miss", NewPicture())).ShouldBeLessThan(_bounded);
            }
        }
        finally
        {
            set.Set.Cache.Continue();
        }

        await SharesAgainAsync();
    }

    [Fact]
    public async Task Represent_RedisHoldsGarbage_ComputesAndPutsItRight()
    {
        byte[] picture = await StoredPictureAsync();
        int spoiled = await SpoilAsync();
        await set.Set["recognition"].RestartAsync(Token); // its own memory would answer
        await FaultSet.WaitUntilAsync(async () => (await set.ReadinessAsync("recognition")).Said == "ok", FaultSet.Recovery, () => set.Gateway.Log);

        spoiled.ShouldBeGreaterThan(0);
        await AnswersAsync("miss", picture);
        await AnswersAsync("hit", picture);
        await FaultSet.WaitUntilAsync(async () => await SpoiledAsync() < spoiled, FaultSet.Recovery, () => set.Set["recognition"].Log);
        await set.Set["recognition"].RestartAsync(Token);
        await FaultSet.WaitUntilAsync(async () => (await set.ReadinessAsync("recognition")).Said == "ok", FaultSet.Recovery, () => set.Gateway.Log);
        await AnswersAsync("hit", picture);
    }

    /// <summary>Computed before a restart, found after it: only Redis can have kept it.</summary>
    private async Task SharesAgainAsync()
    {
        await FaultSet.WaitUntilAsync(async () => await KeysAsync() is var before && await MissAsync() && await KeysAsync() > before, _noticed, () => $"nothing new gets into Redis\n{set.Set["recognition"].Log}");
        byte[] picture = await StoredPictureAsync();
        await set.Set["recognition"].RestartAsync(Token);
        await FaultSet.WaitUntilAsync(async () => (await set.ReadinessAsync("recognition")).Said == "ok", FaultSet.Recovery, () => set.Gateway.Log);
        await AnswersAsync("hit", picture);

        async Task<bool> MissAsync()
        {
            await AnswersAsync("miss", NewPicture());
            return true;
        }
    }

    /// <summary>A picture whose embedding has come to Redis, which is a little after the answer.</summary>
    private async Task<byte[]> StoredPictureAsync()
    {
        byte[] picture = NewPicture();
        int before = await KeysAsync();
        await AnswersAsync("miss", picture);
        await FaultSet.WaitUntilAsync(async () => await KeysAsync() > before, FaultSet.Recovery, () => set.Set["recognition"].Log);
        return picture;
    }

    /// <summary>How long it took: of use only for a service that has worked before, the first answer after a start takes what it takes.</summary>
    private async Task<TimeSpan> AnswersAsync(string cache, byte[] picture)
    {
        using var image = new ByteArrayContent(picture);
        using var form = new MultipartFormDataContent { { image, "img", "anna.jpg" } };
        long start = Stopwatch.GetTimestamp();
        using var response = await set.Gateway.Client.PostAsync("/api/v1/represent", form, Token);
        var took = Stopwatch.GetElapsedTime(start);

        response.IsSuccessStatusCode.ShouldBeTrue($"{await response.Content.ReadAsStringAsync(Token)}\n{set.Set["recognition"].Log}");
        response.Headers.GetValues("X-Cache").ShouldBe([cache]);
        return took;
    }

    /// <summary>The same face under other bytes: what follows the end of a JPEG is not part of the picture, but of its hash.</summary>
    private byte[] NewPicture() =>
    [
        .. File.ReadAllBytes(Repository.PathOf("samples", "anna.jpg")),
        .. Encoding.ASCII.GetBytes($"{Guid.NewGuid():N}{(_picture++).ToString(CultureInfo.InvariantCulture)}"),
    ];

    private async Task<int> KeysAsync() => int.Parse((await AskAsync("DBSIZE"))[1..], CultureInfo.InvariantCulture);

    /// <summary>Puts something else in the place of every entry.</summary>
    private Task<int> SpoilAsync() => EvalAsync(
        "local n = 0 for _, k in ipairs(redis.call('KEYS', '*')) do if redis.call('TYPE', k).ok == 'hash' then redis.call('HSET', k, 'data', 'garbage') n = n + 1 end end return n");

    /// <summary>How many entries are still something else.</summary>
    private Task<int> SpoiledAsync() => EvalAsync(
        "local n = 0 for _, k in ipairs(redis.call('KEYS', '*')) do if redis.call('TYPE', k).ok == 'hash' and redis.call('HGET', k, 'data') == 'garbage' then n = n + 1 end end return n");

    private async Task<int> EvalAsync(string script)
    {
        Assert.SkipUnless(CacheServer.IsInstalled, "Garnet runs no scripts unless told to");
        string text = $"*3\r\n$4\r\nEVAL\r\n${script.Length.ToString(CultureInfo.InvariantCulture)}\r\n{script}\r\n$1\r\n0\r\n";
        return int.Parse((await AskAsync(text, isInline: false))[1..], CultureInfo.InvariantCulture);
    }

    /// <summary>The first line that Redis answers.</summary>
    private async Task<string> AskAsync(string command, bool isInline = true)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", set.Set.Cache.Port, Token);
        string password = set.Set.Cache.ConnectionString[(set.Set.Cache.ConnectionString.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\n"), Token);
        (await reader.ReadLineAsync(Token)).ShouldBe("+OK");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(isInline ? $"{command}\r\n" : command), Token);
        return await reader.ReadLineAsync(Token) ?? "";
    }
}
