using System.Globalization;
using FaceAspire.Testing;
using FaceAspire.Testing.Load;

namespace FaceAspire.Benchmarks.Load;

/// <summary>Standalone against gateway and services, in turns in one run by one client: what the machine does meanwhile meets both.</summary>
internal static class DistributedComparison
{
    // What must hold; beyond it the exit code is 1.
    private const double MostExtraMilliseconds = 4;
    private const double LeastCacheGain = 10;
    private const int Rounds = 10;

    private static readonly TimeSpan _turn = TimeSpan.FromSeconds(1);

    /// <summary>Prints medians and p99 of both, uncached and cached.</summary>
    public static async Task<int> RunAsync()
    {
        await using var standalone = await ServiceProcess.StartAsync("FaceAspire.Standalone.dll", new Dictionary<string, string?>(), CancellationToken.None);
        await using var set = await BenchmarkSet.StartAsync();
        var gateway = set["gateway"].Address;
        Uri alone = standalone.Client.BaseAddress!;

        var (single, distributed) = await MeasureAsync(alone, gateway, mayCache: false);
        var (singleCached, distributedCached) = await MeasureAsync(alone, gateway, mayCache: true);
        Print("uncached, Standalone", single);
        Print("uncached, distributed", distributed);
        Print("cached, Standalone", singleCached);
        Print("cached, distributed", distributedCached);

        double extra = LoadResult.Percentile(distributed, 50) - LoadResult.Percentile(single, 50);
        double gain = LoadResult.Percentile(distributed, 50) / LoadResult.Percentile(distributedCached, 50);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"distributed - Standalone at p50   {extra:F1} ms   (at most {MostExtraMilliseconds})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"uncached / cached at p50          {gain:F1}      (at least {LeastCacheGain})"));
        return extra <= MostExtraMilliseconds && gain >= LeastCacheGain ? 0 : 1;
    }

    private static async Task<(List<Outcome> Standalone, List<Outcome> Distributed)> MeasureAsync(Uri alone, Uri gateway, bool mayCache)
    {
        using var first = BenchmarkSet.NewLoad(alone, mayCache);
        using var second = BenchmarkSet.NewLoad(gateway, mayCache);
        List<Outcome> ours = [], theirs = [];
        for (int round = -2; round < Rounds; round++)
        {
            var single = await first.RunClosedAsync(clients: 1, _turn);
            var distributed = await second.RunClosedAsync(clients: 1, _turn);
            if (round >= 0) // the first two rounds only warm up
            {
                ours.AddRange(Whole(single));
                theirs.AddRange(Whole(distributed));
            }
        }

        return (ours, theirs);
    }

    private static IReadOnlyList<Outcome> Whole(LoadResult result) =>
        result.Failed.Count == 0 ? result.Accepted : throw new InvalidOperationException($"Not every request was answered:\n{result}");

    private static void Print(string what, List<Outcome> outcomes) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-24} {outcomes.Count,6} requests   p50 {LoadResult.Percentile(outcomes, 50),6:F1} ms   p99 {LoadResult.Percentile(outcomes, 99),6:F1} ms"));
}
