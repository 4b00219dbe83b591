using System.CommandLine;
using System.Globalization;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery list</c>: the subjects of a gallery.</summary>
internal static class ListCommand
{
    private const int Page = 500;

    public static Command Create(GalleryArguments shared)
    {
        var command = shared.Plain("list", "Lists the subjects of a gallery and how many faces they have.");
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            using var session = new GallerySession(shared, arguments);
            await session.RequireAsync(cancellationToken);
            var output = arguments.InvocationConfiguration.Output;
            string? after = null;
            while (await session.Store.ListSubjectsAsync(session.Name, after, Page, cancellationToken) is { Count: > 0 } page)
            {
                foreach (var subject in page)
                {
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{subject.Faces,7:N0}  {subject.Name}"));
                }

                after = page[^1].Name;
            }

            return 0;
        });
        return command;
    }
}
