namespace FaceAspire.Testing.Load;

/// <summary>The outcomes of a load, in the order in which they ended.</summary>
/// <param name="outcomes">All of them.</param>
/// <param name="elapsed">From the first request to the last answer.</param>
public sealed class LoadResult(IReadOnlyList<Outcome> outcomes, TimeSpan elapsed)
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<Outcome> Outcomes { get; } = outcomes;

    /// <summary>From the first request to the last answer.</summary>
    public TimeSpan Elapsed { get; } = elapsed;

    /// <summary>Answered with 200.</summary>
    public IReadOnlyList<Outcome> Accepted { get; } = [.. outcomes.Where(static outcome => outcome.IsSuccess)];

    /// <summary>All others.</summary>
    public IReadOnlyList<Outcome> Failed { get; } = [.. outcomes.Where(static outcome => !outcome.IsSuccess)];

    /// <summary>Successful answers a second.</summary>
    public double PerSecond => Accepted.Count / Elapsed.TotalSeconds;

    /// <summary>The latency that <paramref name="percent"/> of some outcomes do not exceed, in milliseconds; 0 for none.</summary>
    public static double Percentile(IReadOnlyCollection<Outcome> outcomes, double percent)
    {
        double[] sorted = [.. outcomes.Select(static outcome => outcome.Latency.TotalMilliseconds).Order()];
        return sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * percent / 100) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>How many of each kind, for a message.</summary>
    public override string ToString() => string.Join('\n', Outcomes
        .GroupBy(static outcome => (outcome.Status, Failure: Shown(outcome.Failure)))
        .Select(static group => $"{group.Count()} × {group.Key.Status} {group.Key.Failure}, from {group.Min(static one => one.Sent).TotalSeconds:F2} s to {group.Max(static one => one.Ended).TotalSeconds:F2} s, "
            + $"slowest {group.Max(static one => one.Latency).TotalMilliseconds:F0} ms"));

    private static string Shown(string? failure) => failure?.Split("\"request_id\"")[0] ?? "";
}
