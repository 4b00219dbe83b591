namespace FaceAspire.ModelHub.Downloads;

/// <summary>How far a download is.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Bytes">Bytes that are here.</param>
/// <param name="TotalBytes">Bytes that it has; null while that is not known.</param>
/// <param name="BytesPerSecond">What came since this process began, per second.</param>
public sealed record DownloadProgress(string File, long Bytes, long? TotalBytes, double BytesPerSecond);
