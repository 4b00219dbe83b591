namespace FaceAspire.Local.Launching;

/// <summary>The set cannot be started, in words meant for the person who wants it.</summary>
internal sealed class LaunchException(string message) : Exception(message);
