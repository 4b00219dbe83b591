using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>One replica of each service, a short deadline.</summary>
public sealed class LoneSet() : FaultSet(LocalSet.Options with
{
    Variables = Everywhere(("REQUEST_TIMEOUT_SECONDS", "3"), ("MAX_QUEUE", "200")),
})
{
    /// <summary>The deadline of its requests.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
}
