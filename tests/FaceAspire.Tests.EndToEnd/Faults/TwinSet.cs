using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>Two replicas of recognition and of detection.</summary>
public sealed class TwinSet() : FaultSet(LocalSet.Options with
{
    Replicas = new Dictionary<string, int> { ["recognition"] = 2, ["detection"] = 2 },
});
