using FaceAspire.Gallery.Folders;

namespace FaceAspire.Recognition.Galleries;

/// <summary>How far the default gallery is in line with its folder. Safe on many threads.</summary>
internal sealed class FolderSyncStatus : IProgress<FolderSyncProgress>
{
    private FolderSyncProgress? _progress;

    /// <summary>The last state; null where no folder is configured.</summary>
    public FolderSyncProgress? Progress => Volatile.Read(ref _progress);

    /// <inheritdoc/>
    public void Report(FolderSyncProgress value) =>
        Volatile.Write(ref _progress, value.FinishedAt is null ? value with { FinishedAt = Progress?.FinishedAt } : value); // that it was in line once stays known
}
