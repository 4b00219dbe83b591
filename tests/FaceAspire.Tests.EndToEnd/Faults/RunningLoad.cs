using FaceAspire.Testing.Load;

namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>A load that goes on while a test does something to the services.</summary>
public sealed class RunningLoad : IDisposable
{
    private readonly VerifyLoad _load;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Task<LoadResult> _running;

    private RunningLoad(VerifyLoad load, int clients, TimeSpan pause)
    {
        _load = load;
        _running = load.RunClosedAsync(clients, _stop.Token, pause);
    }

    /// <summary>What was answered so far.</summary>
    public IReadOnlyList<Outcome> Outcomes => _load.Outcomes;

    /// <summary>The time by the load's clock.</summary>
    public TimeSpan Now => _load.Now;

    /// <summary>Begins when all services answer well, and returns when twenty requests of the load were answered well.</summary>
    public static async Task<RunningLoad> StartAsync(FaultSet set, int clients, TimeSpan pause)
    {
        var load = set.NewLoad();
        try
        {
            await set.WaitForSuccessAsync(load);
            var running = new RunningLoad(load, clients, pause);
            await running.AnswersAsync(load.Now, 20);
            return running;
        }
        catch
        {
            load.Dispose();
            throw;
        }
    }

    /// <summary>Waits until so many requests that were sent after <paramref name="after"/> were answered well.</summary>
    public Task AnswersAsync(TimeSpan after, int count) => FaultSet.WaitUntilAsync(
        () => Task.FromResult(Outcomes.Count(outcome => outcome.IsSuccess && outcome.Sent > after) >= count),
        FaultSet.Recovery,
        () => $"too few answers after {after.TotalSeconds:F2} s:\n{new LoadResult(_load.Outcomes, Now)}");

    /// <summary>Ends it.</summary>
    public async Task<LoadResult> StopAsync()
    {
        await _stop.CancelAsync();
        return await _running;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _load.Dispose();
        _stop.Dispose();
    }
}
