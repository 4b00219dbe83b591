using System.CommandLine;

namespace FaceAspire.Cli.Models;

/// <summary><c>models</c>: the weights on this machine. Exit code 0 when all went well, 1 when some models did not, 2 when nothing could be done.</summary>
internal static class ModelsCommand
{
    public const int SomeFailed = 1;

    /// <summary>The command.</summary>
    /// <param name="variable">What the environment says; default: that of the process.</param>
    public static Command Create(Func<string, string?>? variable = null)
    {
        var shared = new ModelArguments(variable ?? Environment.GetEnvironmentVariable);
        return new("models", "Fetches, checks and converts the weights of the catalogue's models.")
        {
            ListCommand.Create(shared),
            PullCommand.Create(shared),
            VerifyCommand.Create(shared),
            ImportCommand.Create(shared),
            RemoveCommand.Create(shared),
            WhereCommand.Create(shared),
        };
    }
}
