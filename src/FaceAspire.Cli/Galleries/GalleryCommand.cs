using System.CommandLine;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery</c>: the galleries of this machine, without a service. Exit code 0 when all went well, 1 when some pictures or lines did not, 2 when nothing could be done.</summary>
internal static class GalleryCommand
{
    public const int SomeFailed = 1;

    /// <summary>The command.</summary>
    /// <param name="variable">What the environment says; default: that of the process.</param>
    public static Command Create(Func<string, string?>? variable = null)
    {
        var shared = new GalleryArguments(variable ?? Environment.GetEnvironmentVariable);
        return new("gallery", "Keeps and searches the faces in the data folder of this machine; no service may be using it meanwhile.")
        {
            SyncCommand.Create(shared),
            ListCommand.Create(shared),
            SearchCommand.Create(shared),
            EnrolCommand.Create(shared),
            ExportCommand.Create(shared),
            ImportCommand.Create(shared),
            StatsCommand.Create(shared),
        };
    }
}
