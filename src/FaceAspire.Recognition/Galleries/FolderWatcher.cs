using FaceAspire.Gallery;
using FaceAspire.Gallery.Folders;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Keeps the default gallery in line with the folder of known faces (<c>FACES_DB_PATH</c>), from the time that the service listens on.</summary>
internal sealed partial class FolderWatcher(
    IOptions<ImageOptions> images,
    IOptions<FolderOptions> options,
    FolderSync sync,
    GallerySpaces spaces,
    GalleryWork work,
    FolderSyncStatus status,
    RecognitionDefaults defaults,
    TimeProvider time,
    ILogger<FolderWatcher> logger)
{
    private const int LoggedProblems = 20;

    private static readonly TimeSpan _firstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _logEvery = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _rescan = TimeSpan.FromSeconds(options.Value.RescanSeconds);
    private string? _loggedError;
    private string? _loggedWatch;
    private int _loggedProblems;

    private long TimeStamp => time.GetTimestamp();

    /// <summary>Does so until the service stops; the next start goes on from there.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        if (images.Value.FacesDbPath is not { Length: > 0 } root)
        {
            return;
        }

        status.Report(new());
        using var changes = new FolderChanges(root, time);
        var retry = _firstRetry;
        while (true)
        {
            Watch(changes); // before the folder is looked through, so that no change is missed
            bool isInLine = await SyncAsync(root, stoppingToken);
            await changes.WaitAsync(isInLine ? _rescan : retry, stoppingToken);
            retry = isInLine ? _firstRetry : TimeSpan.FromTicks(Math.Min(2 * retry.Ticks, _rescan.Ticks));
        }
    }

    private void Watch(FolderChanges changes)
    {
        string? problem = changes.Watch();
        if (problem is not null && problem != _loggedWatch)
        {
            LogNotWatched(problem, _rescan.TotalSeconds);
        }

        _loggedWatch = problem;
    }

    /// <summary>Brings the gallery in line; false when that is to be tried again soon.</summary>
    private async Task<bool> SyncAsync(string root, CancellationToken stoppingToken)
    {
        try
        {
            var result = await work.RunAsync(token => sync.RunAsync(GalleryNames.Default, root, defaults.GalleryPlan, new LoggedProgress(this), token), stoppingToken);
            if (result.Error is { } error)
            {
                LogError(error);
                return false;
            }

            if (result.Enrolled + result.Removed + result.Embedded > 0)
            {
                LogDone(result.Files, result.Embedded, result.Enrolled, result.Removed, result.Problems);
            }

            LogProblems(result);
            await spaces.FollowAsync(GalleryNames.Default, static _ => true, stoppingToken);
            _loggedError = null;
            return true;
        }
        catch (Contracts.Errors.FaceAspireException exception)
        {
            LogError(exception.Message);
            return false;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // An exception that leaves a background service ends the process; requests can be answered without the folder.
            LogFailed(exception);
            status.Report((status.Progress ?? new()) with { IsRunning = false, Error = "unexpected failure; the log has it" });
            return false;
        }
    }

    /// <summary>Logs an error once, not at every try.</summary>
    private void LogError(string error)
    {
        if (error != _loggedError)
        {
            LogNotInLine(error);
            _loggedError = error;
        }
    }

    private void LogProblems(FolderSyncProgress result)
    {
        if (result.Problems == _loggedProblems)
        {
            return;
        }

        _loggedProblems = result.Problems;
        foreach (var problem in result.FirstProblems.Take(LoggedProblems))
        {
            LogProblem(problem.Path, problem.Message);
        }

        if (result.Problems > LoggedProblems)
        {
            LogMoreProblems(result.Problems - LoggedProblems);
        }
    }

    private bool IsLater(long stamp) => time.GetElapsedTime(stamp) >= _logEvery;

    private void Pass(FolderSyncProgress value) => status.Report(value);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Folder of faces: {Read} of {ToRead} files read, {Enrolled} faces enrolled, {Problems} problems")]
    private partial void LogProgress(int read, int toRead, int enrolled, int problems);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Folder of faces: {Files} files, {Embedded} embedded, {Enrolled} faces enrolled, {Removed} removed, {Problems} problems")]
    private partial void LogDone(int files, int embedded, int enrolled, int removed, int problems);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Folder of faces: {Path}: {Problem}")]
    private partial void LogProblem(string path, string problem);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "Folder of faces: {Count} more files with problems")]
    private partial void LogMoreProblems(int count);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "Folder of faces: {Reason} It is tried again.")]
    private partial void LogNotInLine(string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "Folder of faces: unexpected failure")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "Folder of faces: changes are not told ({Reason}); it is looked through every {Seconds} s")]
    private partial void LogNotWatched(string reason, double seconds);

    /// <summary>Passes progress on, and logs it now and then.</summary>
    private sealed class LoggedProgress(FolderWatcher watcher) : IProgress<FolderSyncProgress>
    {
        private long _logged = watcher.TimeStamp;

        public void Report(FolderSyncProgress value)
        {
            watcher.Pass(value);
            if (value.IsRunning && watcher.IsLater(_logged))
            {
                _logged = watcher.TimeStamp;
                watcher.LogProgress(value.Read, value.ToRead, value.Enrolled, value.Problems);
            }
        }
    }
}
