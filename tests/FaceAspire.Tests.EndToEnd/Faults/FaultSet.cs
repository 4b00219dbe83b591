using System.Diagnostics;
using System.Text.Json;
using FaceAspire.Local;
using FaceAspire.Testing.Load;
using FaceAspire.Tests.EndToEnd.Local;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>A distributed set whose services are killed, held and started again, and a load of <c>verify</c> on its gateway.</summary>
public abstract class FaultSet(DistributedSetOptions options) : IAsyncLifetime
{
    /// <summary>What a service may take to be found again after its return, on a busy machine.</summary>
    public static readonly TimeSpan Recovery = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

    private DistributedSet? _set;

    public DistributedSet Set => _set ?? throw new InvalidOperationException("The set has not started.");

    public ServiceReplica Gateway => Set["gateway"];

    public async ValueTask InitializeAsync() => _set = await LocalSet.StartAsync(options);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (_set?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>A verify of two drawn faces.</summary>
    public VerifyLoad NewLoad(bool mayCache = false) =>
        new(Gateway.Address, File.ReadAllBytes(Repository.PathOf("samples", "anna.jpg")), File.ReadAllBytes(Repository.PathOf("samples", "ben.jpg")), mayCache);

    /// <summary>Waits for a condition.</summary>
    /// <exception cref="TimeoutException">It did not come true.</exception>
    public static async Task WaitUntilAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> describe)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds} s: {describe()}");
            }

            await Task.Delay(_pollInterval, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until so many requests in a row are answered well, from one client.</summary>
    public async Task WaitForSuccessAsync(VerifyLoad load, int inARow = 5)
    {
        int good = 0;
        await WaitUntilAsync(
            async () => (good = (await load.CallAsync(TestContext.Current.CancellationToken)).IsSuccess ? good + 1 : 0) >= inARow,
            Recovery,
            () => $"{new LoadResult(load.Outcomes, load.Now)}\n{Gateway.Log}");
    }

    /// <summary>What the gateway's readiness says of a service: <c>ok</c>, or what is wrong.</summary>
    public async Task<(int Status, string Said)> ReadinessAsync(string service)
    {
        using var response = await Gateway.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return ((int)response.StatusCode, json.RootElement.GetProperty("checks").GetProperty(service).GetString() ?? "");
    }

    /// <summary>Resident memory of all services, in bytes.</summary>
    public long Memory() => Set.Services.Sum(static service => service.WorkingSet);

    protected static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Everywhere(params (string Name, string Value)[] variables)
    {
        var one = variables.ToDictionary(static variable => variable.Name, static variable => (string?)variable.Value);
        return Repository.Manifest.Projects.ToDictionary(static project => project.Key, _ => (IReadOnlyDictionary<string, string?>)one);
    }
}
