using System.Threading.Channels;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Hears of changes in a folder, where the system tells of them.</summary>
internal sealed class FolderChanges(string root, TimeProvider time) : IDisposable
{
    private const int BufferBytes = 65_536;

    // Whoever copies pictures does so one after the other: they are looked at when it is quiet, but not never.
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(15);

    private readonly Channel<bool> _heard = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private FileSystemWatcher? _watcher;

    /// <summary>Listens from now on; anew if it did before, since a watch does not follow a folder that is made again or mounted over.</summary>
    /// <returns>Why it cannot; null when it can.</returns>
    public string? Watch()
    {
        _watcher?.Dispose();
        _watcher = null;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(root)
            {
                IncludeSubdirectories = true,
                InternalBufferSize = BufferBytes,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => Hear();
            watcher.Created += (_, _) => Hear();
            watcher.Deleted += (_, _) => Hear();
            watcher.Renamed += (_, _) => Hear();
            watcher.Error += (_, _) => Hear(); // some were lost: whatever was heard, the whole folder is looked through
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
            return null;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return exception.Message;
        }
    }

    /// <summary>Ends when something has changed and it is quiet again, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await HearsAsync(limit, cancellationToken))
        {
            return;
        }

        long first = time.GetTimestamp();
        while (time.GetElapsedTime(first) < _longest && await HearsAsync(_quiet, cancellationToken))
        {
            // not quiet yet
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private void Hear() => _heard.Writer.TryWrite(true);

    private async Task<bool> HearsAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _heard.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
