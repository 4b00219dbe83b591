using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Keeps the service listening after SIGTERM, no longer ready, until the requests that were running have their answers and whoever balances has been told:
/// the server itself stops listening at once, and a balancer would learn of it from requests that are lost.</summary>
/// <remarks>A balancer is who polls readiness: it sends no more once it has been refused and, to be sure of it, once more. Where nobody polls the service stops without delay.</remarks>
internal sealed class RequestDrain(TimeProvider time) : IHostedLifecycleService
{
    // The gateway polls every second, every three where a replica beside this one hangs. Orchestrators that poll more rarely take a replica out before they end it.
    private static readonly TimeSpan _watched = TimeSpan.FromSeconds(3.5);

    private static readonly TimeSpan _longestTelling = TimeSpan.FromSeconds(5);

    // What the balancer sent before it acted on what it was told.
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    private Generation _current = new();
    private long _polledAt;
    private long _enteredAt;
    private int _told;
    private volatile bool _stopping;

    /// <summary>Whether the service is about to stop listening: answers should end their connections, so that none is in use then.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Counts a request until what is returned is disposed of, once.</summary>
    public IDisposable Enter()
    {
        Volatile.Write(ref _enteredAt, time.GetTimestamp());
        while (true)
        {
            var generation = Volatile.Read(ref _current);
            if (generation.TryEnter())
            {
                return new Stay(generation);
            }
        }
    }

    /// <summary>Notes that somebody was told whether the service is ready.</summary>
    public void Told()
    {
        Volatile.Write(ref _polledAt, time.GetTimestamp());
        if (_stopping)
        {
            Interlocked.Increment(ref _told);
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;

        // Requests that come from here on are served too, but not waited for: under steady traffic the wait would have no end.
        var before = Interlocked.Exchange(ref _current, new());
        before.Leave();
        try
        {
            await TellAsync(cancellationToken);
            await before.Done.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The server's own stop comes next, and cuts what is left.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (IsWithin(_watched, ref _polledAt) && time.GetElapsedTime(start) < _longestTelling && (Volatile.Read(ref _told) < 2 || IsWithin(_quiet, ref _enteredAt)))
        {
            await Task.Delay(_look, time, cancellationToken);
        }
    }

    private bool IsWithin(TimeSpan span, ref long timestamp) => Volatile.Read(ref timestamp) is not 0 and var then && time.GetElapsedTime(then) < span;

    private sealed class Stay(Generation generation) : IDisposable
    {
        public void Dispose() => generation.Leave();
    }

    /// <summary>The requests of one time. Being the current one counts as one.</summary>
    private sealed class Generation
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count = 1;

        public Task Done => _done.Task;

        public bool TryEnter()
        {
            int seen = Volatile.Read(ref _count);
            while (seen > 0)
            {
                int before = Interlocked.CompareExchange(ref _count, seen + 1, seen);
                if (before == seen)
                {
                    return true;
                }

                seen = before;
            }

            return false; // over: the next generation is there already
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _count) == 0)
            {
                _done.SetResult();
            }
        }
    }
}
