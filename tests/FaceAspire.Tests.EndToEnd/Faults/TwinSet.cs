using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>Two replicas of recognition and of detection, and a short deadline.</summary>
public sealed class TwinSet() : FaultSet(LocalSet.Options with
{
    Replicas = new Dictionary<string, int> { ["recognition"] = 2, ["detection"] = 2 },
    Variables = Everywhere(("REQUEST_TIMEOUT_SECONDS", "3")),
});
