using System.CommandLine;
using FaceAspire.Contracts.Errors;
using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Models;

/// <summary><c>models verify</c>: reads all files that are here and compares their hashes.</summary>
internal static class VerifyCommand
{
    public static Command Create(ModelArguments shared)
    {
        var command = shared.Plain("verify", "Compares the hash of every file that is here with the catalogue's, or with what was recorded when it was converted.");
        command.Add(shared.Names);
        command.SetGuardedAction((arguments, _) =>
        {
            using var session = new ModelSession(shared.Settings(arguments));
            ModelEntry[] named = [.. (arguments.GetValue(shared.Names) ?? []).Select(session.Named)];
            var output = arguments.InvocationConfiguration.Output;
            int failed = 0;
            foreach (var entry in named.Length > 0 ? named : session.Catalog.Entries.Where(entry => entry.Files.Any(file => session.Store.PathsOf(file).Any())))
            {
                string? problem = ProblemOf(session.Store, entry);
                failed += problem is null ? 0 : 1;
                output.WriteLine($"{ModelSession.NameOf(entry)}: {problem ?? $"good, version {session.Store.TryVersionOf(entry)}"}");
            }

            return Task.FromResult(failed == 0 ? 0 : ModelsCommand.SomeFailed);
        });
        return command;
    }

    private static string? ProblemOf(ModelStore store, ModelEntry entry)
    {
        try
        {
            for (int part = 0; part < entry.Files.Count; part++)
            {
                store.Require(entry, part);
            }

            return null;
        }
        catch (FaceAspireException exception)
        {
            return exception.Message;
        }
    }
}
