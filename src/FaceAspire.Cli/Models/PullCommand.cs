using System.CommandLine;
using System.Globalization;
using FaceAspire.ModelHub;
using FaceAspire.ModelHub.Downloads;
using FaceAspire.ModelHub.Provisioning;

namespace FaceAspire.Cli.Models;

/// <summary><c>models pull</c>: brings weights here.</summary>
internal static class PullCommand
{
    public static Command Create(ModelArguments shared)
    {
        var forApi = new Option<bool>("--for-api") { Description = "All models that the API's names and defaults need." };
        var all = new Option<bool>("--all") { Description = "All models of the catalogue." };
        var offline = new Option<bool>("--offline") { Description = "Fetch nothing from a network; a mirror that is a folder is still used." };
        var mirror = new Option<string?>("--mirror") { Description = "Base URL or folder with the upstream files; default: the variable MODELS_MIRROR, else the upstream hosts." };
        var accept = new Option<bool>("--accept-licence") { Description = "Accept terms that do not allow commercial use; remembered in the cache." };
        var command = shared.Plain("pull", "Downloads weights, checks them, and converts them where their authors publish another format.");
        command.Add(shared.Names);
        foreach (var option in (ReadOnlySpan<Option>)[forApi, all, offline, mirror, accept])
        {
            command.Add(option);
        }

        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            using var session = new ModelSession(shared.Settings(arguments, arguments.GetValue(mirror)), arguments.GetValue(offline));
            bool isSelection = arguments.GetValue(forApi) || arguments.GetValue(all);
            string[] names = arguments.GetValue(shared.Names) ?? [];
            if (names.Length == 0 && !isSelection)
            {
                throw new CommandException("Name models, or take --for-api or --all.");
            }

            ModelEntry[] entries = [.. (arguments.GetValue(all) ? session.Catalog.Entries : arguments.GetValue(forApi) ? session.ForApi() : []).Union(names.Select(session.Named))];
            return await RunAsync(session, entries, arguments.GetValue(accept), arguments.InvocationConfiguration, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(ModelSession session, ModelEntry[] entries, bool accept, InvocationConfiguration streams, CancellationToken cancellationToken)
    {
        var line = ProgressLine.On(streams.Error);
        int failed = 0;
        foreach (var entry in entries)
        {
            string result;
            try
            {
                bool wasHere = session.Store.IsPresent(entry);
                if (!wasHere && !session.Provisioner.IsAccepted(entry) && (accept || Asked(entry, streams)))
                {
                    session.Provisioner.Accept(entry);
                }

                await session.Provisioner.BringAsync(entry, new Watcher<ProvisioningProgress>(now => Show(line, now)), cancellationToken);
                result = $"{(wasHere ? "was here" : "is here")}, version {session.Store.TryVersionOf(entry)}";
            }
            catch (DownloadException exception)
            {
                failed++;
                result = exception.Message;
            }

            line.Clear();
            await streams.Output.WriteLineAsync($"{ModelSession.NameOf(entry)}: {result}");
        }

        return failed == 0 ? 0 : ModelsCommand.SomeFailed;
    }

    private static void Show(ProgressLine line, ProvisioningProgress now) => line.Show(
        now.Bytes,
        now.TotalBytes ?? 0,
        now.Stage == ProvisioningStage.Converting ? $"{now.File} is converted" : string.Create(CultureInfo.InvariantCulture, $"{now.File}, {now.BytesPerSecond / 1e6:F1} MB/s"));

    /// <summary>Shows terms that forbid commercial use, and asks who sits at a terminal.</summary>
    private static bool Asked(ModelEntry entry, InvocationConfiguration streams)
    {
        if (!ReferenceEquals(streams.Output, Console.Out) || Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return false;
        }

        streams.Output.Write($"{ModelSession.NameOf(entry)}: {entry.Licence}. Its terms do not allow commercial use. Accept them? [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
