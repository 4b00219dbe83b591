using FaceAspire.Contracts.Responses;

namespace FaceAspire.Gallery.Folders;

/// <summary>How far a gallery is in line with its folder.</summary>
public sealed record FolderSyncProgress
{
    /// <summary>Most problems in <see cref="FirstProblems"/>.</summary>
    public const int MaxProblems = 100;

    /// <summary>Files of the folder that may be pictures: not hidden, not empty.</summary>
    public int Files { get; init; }

    /// <summary>Files that are new or changed, and so to be read.</summary>
    public int ToRead { get; init; }

    /// <summary>Of those, how many have been read.</summary>
    public int Read { get; init; }

    /// <summary>Pictures that became embeddings; a file that was renamed, moved or copied does not.</summary>
    public int Embedded { get; init; }

    /// <summary>Faces that are new.</summary>
    public int Enrolled { get; init; }

    /// <summary>Faces that are gone.</summary>
    public int Removed { get; init; }

    /// <summary>Pictures without a face or that cannot be read; <see cref="IFaceGallery.ListFilesAsync"/> tells which and why.</summary>
    public int Problems { get; init; }

    /// <summary>Those of them that are first by path, at most <see cref="MaxProblems"/>.</summary>
    public IReadOnlyList<FolderProblem> FirstProblems { get; init; } = [];

    /// <summary>Whether it is being worked on.</summary>
    public bool IsRunning { get; init; }

    /// <summary>When it was last brought in line; null before the first time.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it could not be, in words for the operator; null when it could. What was done until then is kept.</summary>
    public string? Error { get; init; }
}
