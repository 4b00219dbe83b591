using System.Globalization;
using FaceAspire.Testing.Load;

namespace FaceAspire.Benchmarks.Load;

/// <summary>The distributed set at twice its capacity, by an open loop through the gateway.</summary>
internal static class OverloadBenchmark
{
    // What must hold with the short queue; beyond it the exit code is 1.
    private const double MostRefusalMilliseconds = 50;
    private const double MostAcceptedPart = 3;
    private const double MostMemoryMegabytes = 50;
    private const double MostAfterPart = 1.25;

    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(5);

    /// <summary>Arguments: <c>--seconds N</c> of overload (default 30), <c>--max-queue N</c> (default: the number of cores, and then once more the services' own default, for comparison only).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var duration = TimeSpan.FromSeconds(int.Parse(LoadBenchmark.Argument(args, "--seconds") ?? "30", CultureInfo.InvariantCulture));
        string? queue = LoadBenchmark.Argument(args, "--max-queue");
        bool holds = Judge(await MeasureAsync(queue ?? Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), duration));
        if (queue is null)
        {
            await MeasureAsync("64", duration);
        }

        return holds ? 0 : 1;
    }

    private static async Task<OverloadMeasurement> MeasureAsync(string queue, TimeSpan duration)
    {
        await using var set = await BenchmarkSet.StartAsync(("MAX_QUEUE", queue));
        using var load = BenchmarkSet.NewLoad(set["gateway"].Address);
        var measurement = await OverloadMeasurement.RunAsync(load, Environment.ProcessorCount + 1, () => set.Services.Sum(static service => service.WorkingSet), _calm, duration, CancellationToken.None);
        Console.WriteLine($"verify through the gateway, uncached, twice the capacity for {duration.TotalSeconds} s, MAX_QUEUE={queue}, {Environment.ProcessorCount} cores, the client on the same\n{measurement}");
        if (measurement.Overload.Failed.FirstOrDefault(static outcome => !outcome.IsRefusal) is { Sent.Ticks: > 0 } foreign)
        {
            throw new InvalidOperationException($"Refused otherwise than by the contract: {foreign}");
        }

        return measurement;
    }

    private static bool Judge(OverloadMeasurement measurement)
    {
        bool holds = measurement.RefusedP99 <= MostRefusalMilliseconds && measurement.AcceptedP99 <= MostAcceptedPart * measurement.UnloadedP99
            && measurement.MemoryGrowth <= MostMemoryMegabytes * 1_048_576 && measurement.AfterPart <= MostAfterPart;
        Console.WriteLine($"bars: refusals at most {MostRefusalMilliseconds} ms, accepted at most {MostAcceptedPart} of one client's p99, memory at most +{MostMemoryMegabytes} MiB, afterwards at most {MostAfterPart}: {(holds ? "held" : "MISSED")}\n");
        return holds;
    }
}
