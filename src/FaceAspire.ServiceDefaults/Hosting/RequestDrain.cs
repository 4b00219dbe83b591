using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Keeps the service listening after SIGTERM, no longer ready, until the requests that were running have their answers:
/// the server itself stops listening at once, and a balancer would learn of it from refused connections instead of from <c>/health/ready</c>.</summary>
internal sealed class RequestDrain : IHostedLifecycleService
{
    private Generation _current = new();

    /// <summary>Counts a request until what is returned is disposed of, once.</summary>
    public IDisposable Enter()
    {
        while (true)
        {
            var generation = Volatile.Read(ref _current);
            if (generation.TryEnter())
            {
                return new Stay(generation);
            }
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Requests that come from here on are served too, but not waited for: under steady traffic the wait would have no end.
        var before = Interlocked.Exchange(ref _current, new());
        before.Leave();
        try
        {
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
