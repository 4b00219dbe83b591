using System.CommandLine;
using System.Globalization;
using System.IO.Pipelines;
using FaceAspire.Gallery.Transfer;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery import</c>: reads a gallery that was exported.</summary>
internal static class ImportCommand
{
    public static Command Create(GalleryArguments shared)
    {
        var file = new Argument<string>("file") { Description = "JSON lines that an export wrote." };
        var command = shared.Reading("import", "Adds the faces of an export to a gallery; importing it again changes nothing.");
        command.Add(file);
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            using var session = new GallerySession(shared, arguments);
            var line = ProgressLine.On(arguments.InvocationConfiguration.Error);
            var result = await ReadAsync(session, arguments.GetRequiredValue(file), line, cancellationToken);
            line.Clear();
            var output = arguments.InvocationConfiguration.Output;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Created:N0} faces imported, {result.Existing:N0} were there, {result.Failed:N0} lines refused"));
            foreach (var (number, message) in result.Problems)
            {
                await output.WriteLineAsync($"line {number} {message}");
            }

            return result.Failed > 0 ? GalleryCommand.SomeFailed : 0;
        });
        return command;
    }

    private static async Task<GalleryImport> ReadAsync(GallerySession session, string path, ProgressLine line, CancellationToken cancellationToken)
    {
        try
        {
            var plan = await session.PlanEnrolmentAsync(cancellationToken);
            await using var stream = File.OpenRead(path);
            var input = PipeReader.Create(stream);
            var progress = new Watcher<GalleryImport>(now => line.Show(stream.Position, stream.Length, $"{now.Created} faces imported"));
            var result = await new GalleryImporter(session.Store, session.Models.Reader).ImportAsync(session.Name, input, plan, progress, cancellationToken);
            await input.CompleteAsync();
            return result;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read.", exception);
        }
    }
}
