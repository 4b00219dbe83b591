namespace FaceAspire.ModelHub.Downloads;

/// <summary>A file that could not be brought here; the message says why, in words for an operator, without a path of this machine.</summary>
/// <param name="message">Why.</param>
/// <param name="cause">What was caught.</param>
public sealed class DownloadException(string message, Exception? cause = null) : Exception(message, cause);
