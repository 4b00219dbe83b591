namespace FaceAspire.Recognition.Galleries;

/// <summary>Keeps the work on galleries that nobody waits for to one piece at a time: requests need the cores too.</summary>
internal sealed class GalleryWork : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Does a piece of work when the others are done.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await work(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
