using System.Net;
using System.Text.Json;
using FaceAspire.Contracts.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FaceAspire.ServiceDefaults.Tests.Warmup;

public sealed class WarmupTests
{
    [Fact]
    public async Task Ready_WaitsForEveryPart()
    {
        using var release = new ManualResetEventSlim();

        await RunAsync(services => services.AddWarmup<object>("models", _ => release.Wait(TimeSpan.FromSeconds(20))).AddWarmup<object>("other", static _ => { }), async client =>
        {
            (await ReadyAsync(client)).ShouldBe((HttpStatusCode.ServiceUnavailable, "starting"));
            (await client.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

            release.Set();

            await EventuallyAsync(async () => await ReadyAsync(client) == (HttpStatusCode.OK, "ok"));
        });
    }

    [Theory]
    [InlineData(true, "The weights are missing.")]
    [InlineData(false, "unexpected failure; the log has it")]
    public async Task Ready_PartThatFails_SaysWhyAndDoesNotEndTheProcess(bool known, string expected)
    {
        Exception failure = known ? new FaceAspireException(ErrorCode.ModelUnavailable, "The weights are missing.") : new InvalidOperationException("a secret of the inside");

        await RunAsync(services => services.AddWarmup<object>("models", _ => throw failure), async client =>
        {
            await EventuallyAsync(async () => await ReadyAsync(client) == (HttpStatusCode.ServiceUnavailable, expected));
            (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        });
    }

    [Fact]
    public async Task Ready_PartThatFailsAtFirst_ComesWithALaterTry()
    {
        var time = new FakeTimeProvider();
        using Timer clock = new(_ => time.Advance(TimeSpan.FromSeconds(1)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10)); // to the end: the host waits by it when it stops
        int tries = 0;

        await RunAsync(
            services => services.AddSingleton<TimeProvider>(time).AddWarmup<object>("models", _ =>
            {
                if (Interlocked.Increment(ref tries) < 3)
                {
                    throw new FaceAspireException(ErrorCode.ModelUnavailable, "The weights are missing.");
                }
            }),
            async client =>
            {
                await EventuallyAsync(async () => await ReadyAsync(client) == (HttpStatusCode.OK, "ok"));
                tries.ShouldBe(3);
            });
    }

    private static async Task RunAsync(Action<IServiceCollection> register, Func<HttpClient, Task> test)
    {
        await using var app = ServiceFixture.Build([], static _ => { }, services => register(services.AddSingleton<object>()));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        await test(client);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<(HttpStatusCode Status, string? Models)> ReadyAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        using var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (response.StatusCode, health.RootElement.GetProperty("checks").GetProperty("models").GetString());
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
