using System.CommandLine;
using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Models;

/// <summary><c>models where</c>: the folders, or where a model's files are.</summary>
internal static class WhereCommand
{
    public static Command Create(ModelArguments shared)
    {
        var command = shared.Plain("where", "Shows the folders where models are looked for, or the files of the models that are named.");
        command.Add(shared.Names);
        command.SetGuardedAction((arguments, _) =>
        {
            using var session = new ModelSession(shared.Settings(arguments));
            var output = arguments.InvocationConfiguration.Output;
            ModelEntry[] entries = [.. (arguments.GetValue(shared.Names) ?? []).Select(session.Named)];
            foreach (string line in entries.Length == 0 ? session.Store.Folders : entries.SelectMany(static entry => entry.Files).SelectMany(file => session.Store.PathsOf(file)))
            {
                output.WriteLine(line);
            }

            return Task.FromResult(entries.All(session.Store.IsPresent) ? 0 : ModelsCommand.SomeFailed);
        });
        return command;
    }
}
