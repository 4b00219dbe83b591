using System.Diagnostics;
using System.Globalization;
using FaceAspire.Benchmarks.Load;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Benchmarks.Search;

/// <summary>The exact search of a gallery against what the memory allows and against numpy, all in turns in one run.</summary>
internal static class GalleryBenchmark
{
    // What must hold at a million faces of 512 numbers; beyond it the exit code is 1.
    private const double MostReadings = 1.3;
    private const double MostKilobytes = 0.75;
    private const double MostOpenSeconds = 3;

    private const int TopK = 10;
    private const int ProbesPerPass = 16;
    private const double NumpyBytes = 2.5; // of a gallery's single precision numbers, with what it makes on the way

    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(10);

    /// <summary>Arguments: <c>--all</c> (also five million faces), <c>--faces N</c> and <c>--dimension N</c> (only that size), <c>--folder PATH</c> for the files (default: the system's for temporary ones).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        int[] sizes = LoadBenchmark.Argument(args, "--faces") is { } faces
            ? [int.Parse(faces, CultureInfo.InvariantCulture)]
            : args.Contains("--all") ? [10_000, 100_000, 1_000_000, 5_000_000] : [10_000, 100_000, 1_000_000];
        int[] dimensions = LoadBenchmark.Argument(args, "--dimension") is { } dimension ? [int.Parse(dimension, CultureInfo.InvariantCulture)] : [128, 512];
        var folder = Directory.CreateDirectory(Path.Combine(LoadBenchmark.Argument(args, "--folder") ?? Path.GetTempPath(), $"faceaspire-gallery-{Environment.ProcessId}"));
        bool holds = true;
        try
        {
            Console.WriteLine($"exact top {TopK} by cosine, {Environment.ProcessorCount} cores, {ScanKernel.Best.Name}, file in the page cache");
            foreach (int numbers in dimensions)
            {
                foreach (int size in sizes)
                {
                    holds &= await MeasureAsync(Path.Combine(folder.FullName, "gallery"), size, numbers);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return holds ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(string path, int size, int dimension)
    {
        SegmentLayout layout = new(dimension);
        long bytes = (long)(size / layout.RowsPerChunk + 1) * layout.ChunkSize;
        long free = new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{size:N0} faces of {dimension} numbers"));
        if (free < bytes + (bytes / 10))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  left out: the file takes {bytes / 1e9:F1} GB, the disk has {free / 1e9:F1}"));
            return true;
        }

        var faces = new SyntheticFaces(dimension);
        Fill(path, size, dimension, faces);
        long before = ResidentBytes();
        long start = Stopwatch.GetTimestamp();
        using var index = VectorIndex.TryOpen(path, dimension) ?? throw new InvalidOperationException("The file does not open.");
        double openSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // A search or two, so that whatever they touch is counted.
        Embedding[] probes = [.. Enumerable.Range(0, 256).Select(_ => new Embedding(faces.Next().ToArray()))];
        VectorSearch search = new(DistanceMetric.Cosine, TopK);
        index.Search(probes[..2], search, CancellationToken.None);
        double kilobytes = (ResidentBytes() - before) / 1e3 / size;

        var (reading, one, pass) = MeasureInTurns(path, layout, index, probes, search);
        double readings = one.Percentile(50) / reading.Percentile(50);
        Print($"opened, all checksums verified, in {openSeconds:F2} s; {kilobytes:F3} kB a face resident after it and two searches");
        Print($"the codes summed once          p50 {reading.Percentile(50),8:F3} ms   {(long)size * layout.Stride / reading.Percentile(50) / 1e6:F1} GB/s");
        Print($"one probe                      p50 {one.Percentile(50),8:F3} ms   p99 {one.Percentile(99):F3} ms   {1e3 / one.Percentile(50):F0} a second   {readings:F2} readings");
        Print($"{ProbesPerPass} probes in one pass          p50 {pass.Percentile(50),8:F3} ms   p99 {pass.Percentile(99):F3} ms   {ProbesPerPass * 1e3 / pass.Percentile(50):F0} a second   {pass.Percentile(50) / reading.Percentile(50):F2} readings");
        Print($"least of each                       {reading.Percentile(0):F3}, {one.Percentile(0):F3} and {pass.Percentile(0):F3} ms");
        await CompareToNumpyAsync(size, dimension, one, pass);
        if (size != 1_000_000 || dimension != 512)
        {
            return true;
        }

        bool holds = readings <= MostReadings && kilobytes <= MostKilobytes && openSeconds <= MostOpenSeconds;
        Console.WriteLine($"  bars: one probe at most {MostReadings} readings, at most {MostKilobytes} kB a face, opened in at most {MostOpenSeconds} s: {(holds ? "held" : "MISSED")}");
        return holds;
    }

    private static void Fill(string path, int size, int dimension, SyntheticFaces faces)
    {
        long start = Stopwatch.GetTimestamp();
        using var index = VectorIndex.Create(path, dimension);
        for (int row = 0; row < size; row++)
        {
            index.Write(row, row + 1, row, faces.Next().Span);
        }

        index.Checkpoint(1);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Print($"written to disk in {seconds:F1} s, {seconds / size * 1e6:F1} µs a face");
    }

    private static (Sample Reading, Sample One, Sample Pass) MeasureInTurns(string path, SegmentLayout layout, VectorIndex index, Embedding[] probes, VectorSearch search)
    {
        using PlainSum sum = new(path, layout, index.Rows);
        Sample reading = new(), one = new(), pass = new();
        ulong total = sum.Run();
        long start = Stopwatch.GetTimestamp();
        for (int round = -20; round < 10 || Stopwatch.GetElapsedTime(start) < _duration; round++)
        {
            var readingTime = Time(() => total = sum.Run() == total ? total : throw new InvalidOperationException("The bytes changed."));
            var oneTime = Time(() => index.Search([probes[(round + 20) % probes.Length]], search, CancellationToken.None));
            int first = (round + 20) * ProbesPerPass % probes.Length;
            var passTime = Time(() => index.Search(probes[first..(first + ProbesPerPass)], search, CancellationToken.None));
            if (round >= 0) // those before only warm up
            {
                reading.Add(readingTime);
                one.Add(oneTime);
                pass.Add(passTime);
            }
        }

        return (reading, one, pass);
    }

    private static async Task CompareToNumpyAsync(int size, int dimension, Sample one, Sample pass)
    {
        double needed = (double)size * dimension * sizeof(float) * NumpyBytes;
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        if (needed > available)
        {
            Print($"numpy left out: it takes {needed / 1e9:F1} GB of memory, {available / 1e9:F1} are free");
        }
        else if (await NumpySearch.RunAsync(size, dimension, rounds: 20) is { } numpy)
        {
            Print($"numpy, product + argpartition  p50 {numpy.One,8:F3} ms for one probe, {numpy.One / one.Percentile(50):F1} times as long; {numpy.Sixteen:F3} ms for {ProbesPerPass}, {numpy.Sixteen / pass.Percentile(50):F1} times");
        }
        else
        {
            Console.WriteLine("  numpy left out: there is no python3 with numpy");
        }
    }

    private static TimeSpan Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static void Print(FormattableString line) => Console.WriteLine($"  {line.ToString(CultureInfo.InvariantCulture)}");
}
