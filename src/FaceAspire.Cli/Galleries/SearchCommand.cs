using System.CommandLine;
using System.Globalization;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery search</c>: who is in a picture.</summary>
internal static class SearchCommand
{
    private const int MaxTop = 1_000;

    public static Command Create(GalleryArguments shared)
    {
        var picture = new Argument<string>("picture") { Description = "A picture; each of its faces is looked for." };
        var metric = new Option<string>("--metric") { Description = "cosine, euclidean, euclidean_l2 or angular.", DefaultValueFactory = static _ => "cosine" };
        var top = new Option<int>("--top") { Description = "Most faces told of each face of the picture.", DefaultValueFactory = static _ => 5 };
        var threshold = new Option<double?>("--threshold") { Description = "Largest distance told; default: the model's own threshold." };
        var command = shared.Reading("search", "Finds the faces of a picture in a gallery: subject, distance and file, nearest first.");
        command.Add(picture);
        command.Add(metric);
        command.Add(top);
        command.Add(threshold);
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            if (arguments.GetValue(top) is < 1 or > MaxTop)
            {
                throw new CommandException($"{top.Name}: must lie between 1 and {MaxTop}");
            }

            var measure = ApiNames.Metrics.ParseOption(metric.Name, arguments.GetRequiredValue(metric));
            using var session = new GallerySession(shared, arguments);
            var gallery = await session.RequireAsync(cancellationToken);
            var plan = session.PlanSearch(gallery);
            var search = new FaceSearch(measure, arguments.GetValue(top)) { MaxDistance = arguments.GetValue(threshold) ?? plan.Model.Thresholds[plan.Alignment][measure] };
            await RunAsync(session, plan, arguments.GetRequiredValue(picture), search, arguments.InvocationConfiguration.Output, cancellationToken);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(GallerySession session, RecognitionPlan plan, string picture, FaceSearch search, TextWriter output, CancellationToken cancellationToken)
    {
        var faces = await ReadAsync(session, plan, picture, cancellationToken);
        var found = await session.Store.SearchAsync(session.Name, plan.Space, [.. faces.Select(static face => face.Embedding)], search, cancellationToken);
        for (int i = 0; i < faces.Count; i++)
        {
            var area = faces[i].Area;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"face {i + 1} at {area.X},{area.Y} of {area.W}x{area.H}{(found[i].Count == 0 ? ": nobody known" : ":")}"));
            foreach (var (face, distance) in found[i])
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {distance:0.0000}  {face.Subject}{(face.Source is { } source ? $"  {source}" : "")}"));
            }
        }
    }

    private static async Task<IReadOnlyList<ReadFace>> ReadAsync(GallerySession session, RecognitionPlan plan, string picture, CancellationToken cancellationToken)
    {
        byte[] bytes = await GallerySession.ReadFileAsync(picture, cancellationToken);
        try
        {
            return await session.Models.Reader.ReadAsync(bytes, plan, cancellationToken);
        }
        catch (FaceAspireException exception) when (exception.IsAboutThePicture())
        {
            throw new CommandException($"{picture}: {(exception.Code == ErrorCode.NoFaceDetected ? "no face was found" : exception.Message)}", exception);
        }
    }
}
