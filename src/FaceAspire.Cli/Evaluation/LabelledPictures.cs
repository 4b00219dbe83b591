using System.Collections.Concurrent;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Cli.Evaluation;

/// <summary>The pictures that a labelled file names, from its own folder.</summary>
internal static class LabelledPictures
{
    /// <summary>Measures every picture once, one per core at a time. A picture is gone when it is measured, only the results are kept.</summary>
    /// <param name="file">The labelled file.</param>
    /// <param name="names">Pictures; a name may occur more than once.</param>
    /// <param name="measure">Takes a name and the encoded picture; is called on several threads at once.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CommandException">A picture cannot be read; named in the message.</exception>
    public static IReadOnlyDictionary<string, T> Measure<T>(FileInfo file, IEnumerable<string> names, Func<string, byte[], T> measure, CancellationToken cancellationToken)
    {
        string folder = file.DirectoryName ?? ".";
        var results = new ConcurrentDictionary<string, T>(StringComparer.Ordinal);
        try
        {
            Parallel.ForEach(
                names.Distinct(StringComparer.Ordinal),
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
                name => results[name] = MeasureOne(folder, name, measure));
            return results;
        }
        catch (AggregateException exception) when (exception.InnerExceptions[0] is (CommandException or FaceAspireException) and var first)
        {
            throw new CommandException(first.Message, exception);
        }
    }

    private static T MeasureOne<T>(string folder, string name, Func<string, byte[], T> measure)
    {
        try
        {
            return measure(name, File.ReadAllBytes(Path.Combine(folder, name)));
        }
        catch (FaceAspireException exception) when (exception.Code != ErrorCode.ModelUnavailable)
        {
            throw new CommandException($"{name}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The picture {name} cannot be read.", exception);
        }
    }
}
