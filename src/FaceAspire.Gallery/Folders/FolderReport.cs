using FaceAspire.Contracts.Responses;

namespace FaceAspire.Gallery.Folders;

/// <summary>The progress of one run, told at every change.</summary>
internal sealed class FolderReport(IProgress<FolderSyncProgress>? progress)
{
    private readonly SortedList<string, string> _firstProblems = new(FolderSyncProgress.MaxProblems + 1, StringComparer.Ordinal);
    private FolderSyncProgress _state = new() { IsRunning = true };

    /// <summary>Changes the state. One caller at a time.</summary>
    public void Update(Func<FolderSyncProgress, FolderSyncProgress> change)
    {
        _state = change(_state);
        progress?.Report(_state);
    }

    /// <summary>Counts the files that have a problem, and shows the first ones. One caller at a time.</summary>
    public void AddProblems(IEnumerable<FolderFile> files)
    {
        int count = 0;
        foreach (var file in files)
        {
            if (file.Problem is { } problem)
            {
                count++;
                _firstProblems[file.Path] = problem;
                if (_firstProblems.Count > FolderSyncProgress.MaxProblems)
                {
                    _firstProblems.RemoveAt(FolderSyncProgress.MaxProblems);
                }
            }
        }

        if (count > 0)
        {
            FolderProblem[] first = [.. _firstProblems.Select(static one => new FolderProblem(one.Key, one.Value))];
            Update(now => now with { Problems = now.Problems + count, FirstProblems = first });
        }
    }

    /// <summary>The last state.</summary>
    public FolderSyncProgress Finish(DateTimeOffset? finishedAt, string? error)
    {
        Update(state => state with { IsRunning = false, FinishedAt = finishedAt, Error = error });
        return _state;
    }
}
