using FaceAspire.Contracts.Errors;

namespace FaceAspire.Vision.Inference;

/// <summary>Keeps the work that burns a core to one piece per core, with a bounded queue before it: under overload some requests are refused
/// at once and the others stay fast, where more threads would make all of them slow.</summary>
public sealed class ComputeGate : IDisposable
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _slots;
    private readonly int _maxQueue;
    private int _waiting;

    /// <summary>Makes a gate.</summary>
    /// <param name="maxConcurrency">Pieces of work at once; 0 for one per core.</param>
    /// <param name="maxQueue">Pieces that may wait.</param>
    public ComputeGate(int maxConcurrency, int maxQueue)
    {
        Slots = maxConcurrency == 0 ? Environment.ProcessorCount : maxConcurrency;
        _slots = new(Slots);
        _maxQueue = maxQueue;
    }

    /// <summary>Pieces of work at once.</summary>
    public int Slots { get; }

    /// <summary>Pieces that wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Runs the first piece of a request's work on a pool thread, as soon as a slot is free. Two calls run side by side when two slots are free.</summary>
    /// <exception cref="FaceAspireException">The queue is full: <see cref="ErrorCode.ServiceUnavailable"/>.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        // Work that is turned away here has cost nothing yet.
        if (_slots.CurrentCount == 0 && Waiting >= _maxQueue)
        {
            throw new FaceAspireException(ErrorCode.ServiceUnavailable, "The service is overloaded; come again in a moment.") { RetryAfter = _retryAfter };
        }

        return ContinueAsync(work, cancellationToken);
    }

    /// <summary>Runs a further piece of work of a request that was let in: never refused, since refusing would waste what it has cost already.</summary>
    public async Task<T> ContinueAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _slots.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            // Task.Run although we are asynchronous already: a free slot is granted synchronously, and the caller wants to start its next picture.
            return await Task.Run(() => work(cancellationToken), cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();
}
