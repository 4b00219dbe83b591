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
        var results = new ConcurrentDictionary<string, T>(StringComparer.Ordinal);
        ForEach(names.Distinct(StringComparer.Ordinal), name => results[name] = MeasureOne(file, name, measure), cancellationToken);
        return results;
    }

    /// <summary>The same in two steps, the second for several pictures at once.</summary>
    /// <param name="file">The labelled file.</param>
    /// <param name="names">Pictures; a name may occur more than once.</param>
    /// <param name="batchSize">How many pictures are kept prepared for the second step.</param>
    /// <param name="prepare">Takes an encoded picture; what it makes is disposed of after the second step.</param>
    /// <param name="measure">Takes what was made of some pictures, and gives one result each, in their order.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CommandException">A picture cannot be read; named in the message.</exception>
    public static IReadOnlyDictionary<string, T> MeasureInBatches<TPrepared, T>(
        FileInfo file,
        IEnumerable<string> names,
        int batchSize,
        Func<byte[], TPrepared> prepare,
        Func<IReadOnlyList<TPrepared>, IReadOnlyList<T>> measure,
        CancellationToken cancellationToken)
        where TPrepared : IDisposable
    {
        var results = new ConcurrentDictionary<string, T>(StringComparer.Ordinal);
        ForEach(
            names.Distinct(StringComparer.Ordinal).Chunk(batchSize),
            batch =>
            {
                List<TPrepared> prepared = [];
                try
                {
                    foreach (string name in batch)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        prepared.Add(MeasureOne(file, name, (_, picture) => prepare(picture)));
                    }

                    foreach (var (name, result) in batch.Zip(measure(prepared)))
                    {
                        results[name] = result;
                    }
                }
                finally
                {
                    prepared.ForEach(static one => one.Dispose());
                }
            },
            cancellationToken);
        return results;
    }

    private static void ForEach<T>(IEnumerable<T> all, Action<T> work, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.ForEach(all, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
        }
        catch (AggregateException exception) when (exception.InnerExceptions[0] is (CommandException or FaceAspireException) and var first)
        {
            throw new CommandException(first.Message, exception);
        }
    }

    private static T MeasureOne<T>(FileInfo file, string name, Func<string, byte[], T> measure)
    {
        try
        {
            return measure(name, File.ReadAllBytes(Path.Combine(file.DirectoryName ?? ".", name)));
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
