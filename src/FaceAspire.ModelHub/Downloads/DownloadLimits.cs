namespace FaceAspire.ModelHub.Downloads;

/// <summary>What a download may take.</summary>
internal sealed record DownloadLimits
{
    /// <summary>Largest file whose size the catalogue does not say.</summary>
    public long MaxBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Longest wait for a connection.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for an answer, or for the next bytes of it.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for another process that fetches the same file.</summary>
    public TimeSpan Lock { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often a file whose transfer was cut is asked for.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Redirects that are followed.</summary>
    public int Redirects { get; init; } = 8;
}
