using System.CommandLine;
using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Models;

/// <summary><c>models remove</c>: deletes weights from the cache.</summary>
internal static class RemoveCommand
{
    public static Command Create(ModelArguments shared)
    {
        var command = shared.Plain("remove", "Deletes models from the cache; what is in MODELS_DIR or came with the program stays.");
        command.Add(shared.Names);
        command.SetGuardedAction((arguments, _) =>
        {
            using var session = new ModelSession(shared.Settings(arguments));
            ModelEntry[] entries = [.. (arguments.GetValue(shared.Names) ?? []).Select(session.Named)];
            if (entries.Length == 0)
            {
                throw new CommandException("Name the models to remove.");
            }

            try
            {
                foreach (var entry in entries)
                {
                    var deleted = session.Provisioner.Remove(entry, session.Catalog);
                    arguments.InvocationConfiguration.Output.WriteLine($"{ModelSession.NameOf(entry)}: {(deleted.Count == 0 ? "nothing of it alone is in the cache" : $"deleted {string.Join(", ", deleted)}")}");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandException("A file of the cache cannot be deleted.", exception);
            }

            return Task.FromResult(0);
        });
        return command;
    }
}
