using System.Globalization;
using FaceAspire.Tests.EndToEnd.Faults;
using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Load;

/// <summary>A set in which as many requests may wait as are worked on: under it latency cannot grow to more than twice.</summary>
public sealed class BriefQueueSet() : FaultSet(LocalSet.Options with
{
    Variables = Everywhere(("MAX_QUEUE", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture))),
});
