namespace FaceAspire.ModelHub.Downloads;

/// <summary>A lock between processes: an open file. The system lets go of it when its owner ends, however that happens.</summary>
internal static class FileLock
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until nobody else has the lock.</summary>
    /// <param name="path">The lock's file; stays, empty.</param>
    /// <param name="limit">Longest wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DownloadException">Somebody has it for longer.</exception>
    public static async Task<IDisposable> TakeAsync(string path, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
            {
                if (time.GetElapsedTime(start) > limit)
                {
                    throw new DownloadException($"Another process has been fetching {Path.GetFileNameWithoutExtension(path)} for longer than {limit.TotalMinutes:0} minutes.", exception);
                }
            }

            await Task.Delay(_look, time, cancellationToken);
        }
    }
}
