using System.Globalization;

namespace FaceAspire.Testing.Load;

/// <summary>What a service does at twice its capacity, and before and after it. Latencies in milliseconds.</summary>
/// <param name="Before">One client alone.</param>
/// <param name="Capacity">Answers a second when there is always enough to do.</param>
/// <param name="Overload">The load at twice that.</param>
/// <param name="After">One client alone, afterwards.</param>
/// <param name="MemoryGrowth">Resident memory at the end less that before the load, in bytes.</param>
public sealed record OverloadMeasurement(LoadResult Before, double Capacity, LoadResult Overload, LoadResult After, long MemoryGrowth)
{
    private const int WarmUpRequests = 300;

    private static readonly TimeSpan _warmUpTurn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestWarmUp = TimeSpan.FromSeconds(30);

    /// <summary>Of one client alone.</summary>
    public double UnloadedP99 => LoadResult.Percentile(Before.Accepted, 99);

    /// <summary>Of what was let in.</summary>
    public double AcceptedP99 => LoadResult.Percentile(Overload.Accepted, 99);

    /// <summary>Of what was turned away.</summary>
    public double RefusedP99 => LoadResult.Percentile(Overload.Failed, 99);

    /// <summary>Median of one client alone after the load, in parts of that before.</summary>
    public double AfterPart => LoadResult.Percentile(After.Accepted, 50) / LoadResult.Percentile(Before.Accepted, 50);

    /// <summary>Measures.</summary>
    /// <param name="load">What is sent.</param>
    /// <param name="clients">How many clients leave no core idle: those that work, and as many as may wait, for who is refused says nothing of the capacity.</param>
    /// <param name="memory">Resident memory of everything that serves, in bytes.</param>
    /// <param name="calm">How long to measure without overload, each time.</param>
    /// <param name="duration">How long to overload.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<OverloadMeasurement> RunAsync(VerifyLoad load, int clients, Func<long> memory, TimeSpan calm, TimeSpan duration, CancellationToken cancellationToken)
    {
        await WarmUpAsync(load, clients, cancellationToken);
        var before = await load.RunClosedAsync(clients: 1, calm);
        var full = await load.RunClosedAsync(clients, calm);
        double capacity = Math.Max(full.PerSecond, 1_000 / LoadResult.Percentile(before.Accepted, 50)); // the larger where the machine was busy with other things
        long resident = memory();
        var overload = await load.RunOpenAsync(2 * capacity, duration, cancellationToken);
        var after = await load.RunClosedAsync(clients: 1, calm);
        return new(before, capacity, overload, after, memory() - resident);
    }

    /// <summary>Until the code has been compiled and compiled again, and the pools are filled.</summary>
    private static async Task WarmUpAsync(VerifyLoad load, int clients, CancellationToken cancellationToken)
    {
        while (load.Outcomes.Count(static outcome => outcome.IsSuccess) < WarmUpRequests && load.Now < _longestWarmUp)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await load.RunClosedAsync(clients, _warmUpTurn);
        }
    }

    /// <summary>The figures, a line each.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        one client alone            p50 {LoadResult.Percentile(Before.Accepted, 50):F1} ms, p99 {UnloadedP99:F1} ms
        capacity                    {Capacity:F1} a second
        offered                     {Overload.Outcomes.Count} in {Overload.Elapsed.TotalSeconds:F1} s
        accepted                    {Overload.Accepted.Count}, p50 {LoadResult.Percentile(Overload.Accepted, 50):F1} ms, p99 {AcceptedP99:F1} ms, {AcceptedP99 / UnloadedP99:F2} of one client's
        refused                     {Overload.Failed.Count}, p50 {LoadResult.Percentile(Overload.Failed, 50):F1} ms, p99 {RefusedP99:F1} ms
        one client alone afterwards p50 {LoadResult.Percentile(After.Accepted, 50):F1} ms, p99 {LoadResult.Percentile(After.Accepted, 99):F1} ms, median {AfterPart:F2} of before
        memory                      {MemoryGrowth / 1048576.0:+0.0;-0.0} MiB
        """);
}
