using System.Diagnostics;
using System.Globalization;

namespace FaceAspire.Benchmarks.Load;

/// <summary>Starts the real server, sends verify requests at several concurrencies, and runs the bare work beside it in the same minute on the same machine.</summary>
internal static class LoadBenchmark
{
    // What the service may cost over the bare work, as medians of one run; beyond it the exit code is 1.
    private const double MostLatency = 1.25;
    private const double LeastThroughput = 0.8;

    private static readonly string[] _photos = ["img10.jpg", "img11.jpg"];
    private static readonly int[] _concurrencies = [1, 2, 4, 16];

    /// <summary>Arguments: <c>--model NAME</c> (default FaceLite), <c>--detector NAME</c> (default facelite), <c>--seconds N</c> per measurement (default 5).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        string model = Argument(args, "--model") ?? "FaceLite";
        string detector = Argument(args, "--detector") ?? "facelite";
        var duration = TimeSpan.FromSeconds(int.Parse(Argument(args, "--seconds") ?? "5", CultureInfo.InvariantCulture));
        using var models = new BenchmarkModels();
        await using var service = await VerifyRequests.StartServiceAsync();

        Console.WriteLine($"verify {string.Join(" + ", _photos)}, {model}, {detector}, cosine; {Environment.ProcessorCount} cores; {duration.TotalSeconds} s each");
        var requests = new VerifyRequests(service, _photos, model, detector);
        await requests.MeasureAsync(concurrency: 2, TimeSpan.FromSeconds(2)); // warm-up

        var single = Measure(models, model, detector, threads: 1, intraOpThreads: 1, decode: true, duration);
        var inferenceOnly = Measure(models, model, detector, threads: 1, intraOpThreads: 1, decode: false, duration);
        var wide = Measure(models, model, detector, threads: 1, intraOpThreads: Environment.ProcessorCount, decode: true, duration);
        var loop = Measure(models, model, detector, threads: Environment.ProcessorCount, intraOpThreads: 1, decode: true, duration);
        Print("bare inference + decode, 1 thread", single);
        Print("bare inference only, 1 thread", inferenceOnly);
        Print($"bare inference + decode, {Environment.ProcessorCount} threads per network", wide);
        Print($"bare loop, {Environment.ProcessorCount} threads side by side", loop);

        var results = new Dictionary<int, Sample>();
        foreach (int concurrency in _concurrencies)
        {
            results[concurrency] = await requests.MeasureAsync(concurrency, duration);
            Print($"server, concurrency {concurrency}", results[concurrency]);
        }

        double latency = results[1].Percentile(50) / single.Percentile(50);
        double throughput = results.Values.Max(static sample => sample.PerSecond) / loop.PerSecond;
        Console.WriteLine($"latency at concurrency 1 / bare, 1 thread        {latency:F2}   (at most {MostLatency})");
        Console.WriteLine($"latency at concurrency 1 / bare, all cores       {results[1].Percentile(50) / wide.Percentile(50):F2}");
        Console.WriteLine($"throughput / bare loop on all cores              {throughput:F2}   (at least {LeastThroughput})");
        Console.WriteLine($"processor time of the server / bare loop's       {results.Values.Min(static sample => sample.ProcessorMilliseconds) / loop.ProcessorMilliseconds:F2}   (per verify; the client takes the rest)");
        Console.WriteLine($"peak memory of the server                        {service.PeakWorkingSet / 1048576.0:F0} MiB");
        return latency <= MostLatency && throughput >= LeastThroughput ? 0 : 1;
    }

    /// <summary>What follows a name among the arguments.</summary>
    internal static string? Argument(string[] args, string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

    private static Sample Measure(BenchmarkModels models, string model, string detector, int threads, int intraOpThreads, bool decode, TimeSpan duration)
    {
        using var work = new BareWork(models, model, detector, _photos, intraOpThreads);
        work.Run(decode);
        var sample = new Sample();
        var before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                long begin = Stopwatch.GetTimestamp();
                work.Run(decode);
                sample.Add(Stopwatch.GetElapsedTime(begin));
            }
        });
        sample.Elapsed = Stopwatch.GetElapsedTime(start);
        sample.ProcessorTime = Environment.CpuUsage.TotalTime - before;
        return sample;
    }

    private static void Print(string what, Sample sample) => Console.WriteLine(
        $"{what,-48} {sample.PerSecond,7:F1}/s   p50 {sample.Percentile(50),6:F1} ms   p95 {sample.Percentile(95),6:F1} ms   p99 {sample.Percentile(99),6:F1} ms");
}
