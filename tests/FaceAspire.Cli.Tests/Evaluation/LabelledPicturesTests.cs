using FaceAspire.Cli.Evaluation;

namespace FaceAspire.Cli.Tests.Evaluation;

public sealed class LabelledPicturesTests : IDisposable
{
    private const int Pictures = 64;
    private const int BatchSize = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-").FullName;
    private int _prepared;
    private int _disposed;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void MeasureInBatches_ManyPictures_GivesEachItsOwnResultAndKeepsNothing()
    {
        string[] names = WritePictures();

        var results = LabelledPictures.MeasureInBatches<Prepared, int>(
            Labels(), names.Concat(names), BatchSize, Prepare, static batch => [.. batch.Select(static one => one.Value * 10)], TestContext.Current.CancellationToken);

        results.ShouldBe(names.Select(static (name, number) => KeyValuePair.Create(name, number * 10)), ignoreOrder: true);
        (_prepared, _disposed).ShouldBe((Pictures, Pictures));
    }

    [Fact]
    public void MeasureInBatches_Cancelled_StopsBetweenPicturesAndKeepsNothing()
    {
        string[] names = WritePictures();
        using var stop = new CancellationTokenSource();

        Should.Throw<OperationCanceledException>(() => LabelledPictures.MeasureInBatches<Prepared, int>(
            Labels(),
            names,
            BatchSize,
            picture =>
            {
                stop.Cancel();
                return Prepare(picture);
            },
            static _ => throw new InvalidOperationException("No batch is complete."),
            stop.Token));

        _prepared.ShouldBeInRange(1, Environment.ProcessorCount); // one for each worker that had begun
        _disposed.ShouldBe(_prepared);
    }

    private FileInfo Labels() => new(Path.Combine(_folder, "labels.csv"));

    /// <summary>Files of one byte, which is their number.</summary>
    private string[] WritePictures()
    {
        string[] names = [.. Enumerable.Range(0, Pictures).Select(static number => $"{number}.jpg")];
        for (int number = 0; number < names.Length; number++)
        {
            File.WriteAllBytes(Path.Combine(_folder, names[number]), [(byte)number]);
        }

        return names;
    }

    private Prepared Prepare(byte[] picture)
    {
        Interlocked.Increment(ref _prepared);
        return new(picture[0], () => Interlocked.Increment(ref _disposed));
    }

    private sealed class Prepared(int value, Action dispose) : IDisposable
    {
        public int Value => value;

        public void Dispose() => dispose();
    }
}
