using System.CommandLine;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Cli;

/// <summary>What every command does besides its work.</summary>
internal static class GuardedAction
{
    private const int UsageError = 2;

    /// <summary>Sets what a command does. What the caller can do something about becomes a line on the error output, and exit code 2.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">The work; gives the exit code.</param>
    public static void SetGuardedAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> run) => command.SetAction(async (arguments, cancellationToken) =>
    {
        try
        {
            return await run(arguments, cancellationToken);
        }
        catch (Exception exception) when (exception is CommandException or FaceAspireException)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
            return UsageError;
        }
    });
}
