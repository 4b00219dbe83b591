namespace FaceAspire.Gallery.Folders;

/// <summary>The progress of one run, told at every change.</summary>
internal sealed class FolderReport(IProgress<FolderSyncProgress>? progress)
{
    private FolderSyncProgress _state = new() { IsRunning = true };

    /// <summary>Changes the state. One caller at a time.</summary>
    public void Update(Func<FolderSyncProgress, FolderSyncProgress> change)
    {
        _state = change(_state);
        progress?.Report(_state);
    }

    /// <summary>The last state.</summary>
    public FolderSyncProgress Finish(DateTimeOffset? finishedAt, string? error)
    {
        Update(state => state with { IsRunning = false, FinishedAt = finishedAt, Error = error });
        return _state;
    }
}
