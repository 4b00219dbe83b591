namespace FaceAspire.Vision.Inference;

/// <summary>Keeps the work that burns a core to one piece per core: more threads than cores would make every request slow.
/// Whoever lets requests in bounds how many pieces wait here.</summary>
public sealed class ComputeGate : IDisposable
{
    private readonly SemaphoreSlim _slots;
    private int _waiting;

    /// <summary>Makes a gate.</summary>
    /// <param name="maxConcurrency">Pieces of work at once; 0 for one per core.</param>
    public ComputeGate(int maxConcurrency) => _slots = new(maxConcurrency == 0 ? Environment.ProcessorCount : maxConcurrency);

    /// <summary>Pieces that wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Runs a piece of work on a pool thread, as soon as a slot is free. Two calls run side by side when two slots are free.</summary>
    /// <exception cref="OperationCanceledException">The token ended the waiting or the work.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        VisionTelemetry.QueueLength.Add(1);
        try
        {
            await _slots.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            VisionTelemetry.QueueLength.Add(-1);
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
