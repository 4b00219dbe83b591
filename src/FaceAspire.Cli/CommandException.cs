namespace FaceAspire.Cli;

/// <summary>What the person at the keyboard can do something about: printed as a line, exit code 2.</summary>
internal sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
