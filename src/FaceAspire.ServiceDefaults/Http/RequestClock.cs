using System.Diagnostics;

namespace FaceAspire.ServiceDefaults.Http;

/// <summary>When a request came, by a clock that nobody sets; a feature of every request.</summary>
public sealed class RequestClock
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Time since the request came.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);
}
