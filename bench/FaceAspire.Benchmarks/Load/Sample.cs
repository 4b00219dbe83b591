using System.Collections.Concurrent;

namespace FaceAspire.Benchmarks.Load;

/// <summary>Durations of one measurement.</summary>
internal sealed class Sample
{
    private readonly ConcurrentBag<double> _milliseconds = [];

    /// <summary>How long the measurement took.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>What it took of all cores.</summary>
    public TimeSpan ProcessorTime { get; set; }

    /// <summary>The same, per request.</summary>
    public double ProcessorMilliseconds => ProcessorTime.TotalMilliseconds / _milliseconds.Count;

    public double PerSecond => _milliseconds.Count / Elapsed.TotalSeconds;

    public void Add(TimeSpan duration) => _milliseconds.Add(duration.TotalMilliseconds);

    /// <summary>The duration that <paramref name="percent"/> of all do not exceed, in milliseconds.</summary>
    public double Percentile(int percent)
    {
        double[] sorted = [.. _milliseconds.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * percent / 100.0) - 1, 0, sorted.Length - 1)];
    }
}
