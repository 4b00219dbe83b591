using System.CommandLine;
using System.Globalization;

namespace FaceAspire.Cli.Models;

/// <summary><c>models list</c>: the catalogue, and what of it is here.</summary>
internal static class ListCommand
{
    public static Command Create(ModelArguments shared)
    {
        var command = shared.Plain("list", "Lists the models, which of them are on this machine, and their terms.");
        command.SetGuardedAction((arguments, _) =>
        {
            using var session = new ModelSession(shared.Settings(arguments));
            TextTable.Write(arguments.InvocationConfiguration.Output, [
                ["model", "here", "MB", "commercial", "licence"],
                .. session.Catalog.Entries.Select(entry => (IReadOnlyList<string>)
                [
                    ModelSession.NameOf(entry),
                    session.Store.IsPresent(entry) ? "yes" : session.Provisioner.CanBring(entry) ? "pull" : "no",
                    entry.Files.Sum(static file => file.SizeBytes ?? file.Origin?.SizeBytes ?? 0) is > 0 and var bytes ? (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture) : "?",
                    ModelSession.CommercialOf(entry),
                    entry.Licence,
                ]),
            ]);
            return Task.FromResult(0);
        });
        return command;
    }
}
