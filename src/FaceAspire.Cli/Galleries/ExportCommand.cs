using System.CommandLine;
using System.Globalization;
using System.IO.Pipelines;
using FaceAspire.Gallery.Transfer;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery export</c>: writes a gallery as JSON lines.</summary>
internal static class ExportCommand
{
    public static Command Create(GalleryArguments shared)
    {
        var file = new Argument<string>("file") { Description = "Where to, replaced when it is there." };
        var withoutThumbnails = new Option<bool>("--no-thumbnails") { Description = "Leaves the thumbnails out; the faces can then not be embedded again for other models." };
        var withoutEmbeddings = new Option<bool>("--no-embeddings") { Description = "Leaves the embeddings out; they are made again from the thumbnails at import." };
        var command = shared.Plain("export", "Writes a gallery as JSON lines, as GET /api/v1/galleries/{gallery}/export does.");
        command.Add(file);
        command.Add(withoutThumbnails);
        command.Add(withoutEmbeddings);
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            using var session = new GallerySession(shared, arguments);
            await session.RequireAsync(cancellationToken);
            var options = new GalleryExport { Thumbnails = !arguments.GetValue(withoutThumbnails), Embeddings = !arguments.GetValue(withoutEmbeddings) };
            long? faces = await WriteAsync(session, options, arguments.GetRequiredValue(file), cancellationToken);
            await arguments.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{faces:N0} faces exported"));
            return 0;
        });
        return command;
    }

    private static Task<long?> WriteAsync(GallerySession session, GalleryExport options, string path, CancellationToken cancellationToken) => WholeFile.WriteAsync(path, async stream =>
    {
        var output = PipeWriter.Create(stream);
        long? faces = await new GalleryExporter(session.Store).ExportAsync(session.Name, options, output, cancellationToken);
        await output.CompleteAsync();
        return faces;
    });
}
