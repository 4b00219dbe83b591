using System.CommandLine;
using System.Globalization;
using FaceAspire.Gallery;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery stats</c>: all galleries in figures.</summary>
internal static class StatsCommand
{
    public static Command Create(GalleryArguments shared)
    {
        var command = new Command("stats", "Tells of every gallery how many subjects, faces and files it has, and the models that it can be searched with.") { shared.DataDir };
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            using var session = new GallerySession(shared, arguments);
            foreach (var gallery in await session.Store.ListGalleriesAsync(cancellationToken))
            {
                await WriteAsync(session.Store, gallery, arguments.InvocationConfiguration.Output, cancellationToken);
            }

            return 0;
        });
        return command;
    }

    private static async Task WriteAsync(IFaceGallery store, GalleryEntry gallery, TextWriter output, CancellationToken cancellationToken)
    {
        int files = 0;
        int problems = 0;
        await foreach (var file in store.ListFilesAsync(gallery.Name, cancellationToken))
        {
            files++;
            problems += file.Problem is null ? 0 : 1;
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{gallery.Name}: {gallery.Subjects:N0} subjects, {gallery.Faces:N0} faces; {files:N0} files of its folder, {problems:N0} with a problem"));
        foreach (var (space, faces, isComplete, isActive) in gallery.Spaces)
        {
            string state = isActive ? "active" : isComplete ? "complete" : "incomplete";
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {space.Model} {space.ModelVersion}, {space.Detector}, {space.Alignment}: {faces:N0} faces of {space.Dimension} numbers, {state}"));
        }
    }
}
