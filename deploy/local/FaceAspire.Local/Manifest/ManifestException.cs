namespace FaceAspire.Local.Manifest;

/// <summary>The manifest says something that cannot be followed; the message names it.</summary>
public sealed class ManifestException(string message, Exception? cause = null) : Exception(message, cause);
