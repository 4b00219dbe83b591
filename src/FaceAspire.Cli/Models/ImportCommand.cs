using System.CommandLine;
using FaceAspire.ModelHub.Downloads;
using FaceAspire.ModelHub.Provisioning;

namespace FaceAspire.Cli.Models;

/// <summary><c>models import</c>: takes weights that somebody brought.</summary>
internal static class ImportCommand
{
    public static Command Create(ModelArguments shared)
    {
        var file = new Argument<string>("file") { Description = "The model's file, or the file that its authors publish, which is then converted." };
        var name = new Option<string>("--as") { Description = "Which model it is, by the catalogue's name.", Required = true };
        var command = shared.Plain("import", "Takes a file into the cache of models: checks it, and converts it where its authors publish another format.");
        command.Add(file);
        command.Add(name);
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            using var session = new ModelSession(shared.Settings(arguments));
            var entry = session.Named(arguments.GetRequiredValue(name));
            try
            {
                string taken = await session.Provisioner.ImportAsync(entry, arguments.GetRequiredValue(file), new Watcher<ProvisioningProgress>(static _ => { }), cancellationToken);
                await arguments.InvocationConfiguration.Output.WriteLineAsync($"{ModelSession.NameOf(entry)}: {taken} is here, version {session.Store.TryVersionOf(entry)}");
                return 0;
            }
            catch (DownloadException exception)
            {
                throw new CommandException(exception.Message, exception);
            }
        });
        return command;
    }
}
