using System.CommandLine;
using System.Globalization;
using FaceAspire.Gallery.Folders;
using FaceAspire.Gallery.Reading;
using FaceAspire.Gallery.Reembedding;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery sync</c>: brings a gallery in line with a folder.</summary>
internal static class SyncCommand
{
    private const int DefaultMaxImageBytes = 10_485_760;

    public static Command Create(GalleryArguments shared)
    {
        var folder = new Argument<string?>("folder") { Description = "A folder for each person with pictures in it; default: the variable FACES_DB_PATH.", Arity = ArgumentArity.ZeroOrOne };
        var command = shared.Reading("sync", "Brings a gallery in line with a folder of pictures: only what is new or changed is read.");
        command.Add(folder);
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            string root = arguments.GetValue(folder) ?? shared.Variable("FACES_DB_PATH") ?? throw new CommandException("Name a folder, or set FACES_DB_PATH.");
            using var session = new GallerySession(shared, arguments);
            return await RunAsync(session, root, MaxImageBytes(shared), arguments.InvocationConfiguration.Output, ProgressLine.On(arguments.InvocationConfiguration.Error), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(GallerySession session, string root, int maxImageBytes, TextWriter output, ProgressLine line, CancellationToken cancellationToken)
    {
        var plan = session.PlanAlone();
        var sync = new FolderSync(session.Store, session.Models.Reader, maxImageBytes, TimeProvider.System);
        var result = await sync.RunAsync(
            session.Name,
            root,
            plan,
            new Watcher<FolderSyncProgress>(now => line.Show(now.Read, now.ToRead, $"{now.Enrolled} faces enrolled, {now.Problems} problems")),
            cancellationToken);
        line.Clear();
        if (result.Error is { } error)
        {
            throw new CommandException($"{root}: {error}");
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Files:N0} files, {result.ToRead:N0} read, {result.Embedded:N0} embedded; {result.Enrolled:N0} faces enrolled, {result.Removed:N0} removed, {result.Problems:N0} problems"));
        await foreach (var file in session.Store.ListFilesAsync(session.Name, cancellationToken))
        {
            if (file.Problem is { } problem)
            {
                await output.WriteLineAsync($"{file.Path}: {problem}");
            }
        }

        await CompleteAsync(session, plan, output, line, cancellationToken);
        return result.Problems > 0 ? GalleryCommand.SomeFailed : 0;
    }

    /// <summary>Faces that came another way get embeddings of the model too, and the gallery can be searched with it. Which model it is searched with by default is the service's choice.</summary>
    private static async Task CompleteAsync(GallerySession session, RecognitionPlan plan, TextWriter output, ProgressLine line, CancellationToken cancellationToken)
    {
        var filled = await new FaceReembedder(session.Store, session.Models.Reader).FillAsync(
            session.Name,
            plan,
            new Watcher<ReembeddingProgress>(now => line.Show(now.Embedded + now.Impossible, now.Missing, "faces embedded again")),
            cancellationToken);
        line.Clear();
        if (filled.Embedded + filled.Impossible > 0)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{filled.Embedded:N0} faces that did not come from the folder embedded again; {filled.Impossible:N0} have no picture to do so"));
        }

        await session.Store.CompleteSpaceAsync(session.Name, plan.Space, activate: false, cancellationToken);
    }

    private static int MaxImageBytes(GalleryArguments shared) => shared.Variable("MAX_IMAGE_BYTES") is not { } text ? DefaultMaxImageBytes
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) && bytes > 0 ? bytes
        : throw new CommandException($"MAX_IMAGE_BYTES: must be a number of bytes (value '{text}')");
}
