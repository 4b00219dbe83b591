using System.Diagnostics;

namespace FaceAspire.ServiceDefaults.Http;

/// <summary>When a request's time is up: the service's own limit or the caller's, whichever comes first. A feature of the request.</summary>
/// <param name="timeout">How long it may take from now on.</param>
public sealed class RequestDeadline(TimeSpan timeout)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>What is left; never negative.</summary>
    public TimeSpan Remaining => TimeSpan.FromTicks(Math.Max(0, (timeout - Stopwatch.GetElapsedTime(_start)).Ticks));
}
