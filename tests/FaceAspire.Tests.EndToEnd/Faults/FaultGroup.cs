namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>Tests that measure time under load, one after the other and beside no others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultGroup
{
    public const string Name = "faults";
}
