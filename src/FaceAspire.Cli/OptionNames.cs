using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli;

/// <summary>Options whose value is one of a few names.</summary>
internal static class OptionNames
{
    /// <summary>What an option's text names.</summary>
    /// <param name="names">The names.</param>
    /// <param name="option">Name of the option, for messages.</param>
    /// <param name="text">What was given.</param>
    /// <exception cref="CommandException">It names nothing.</exception>
    public static T ParseOption<T>(this Vocabulary<T> names, string option, string text)
        where T : notnull =>
        names.TryParse(text, out var value) ? value : throw new CommandException($"{option}: must be one of {string.Join(", ", names.Names)} (value '{text}')");
}
