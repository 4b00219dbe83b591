using FaceAspire.Local;

namespace FaceAspire.Tests.EndToEnd.Local;

/// <summary>A set of which only detection runs.</summary>
public sealed class DetectionFixture : IAsyncLifetime
{
    public const string Name = "detection";

    private DistributedSet? _set;

    public ServiceReplica Detection => _set?[Name] ?? throw new InvalidOperationException("The set has not started.");

    public async ValueTask InitializeAsync() => _set = await LocalSet.StartOnlyAsync(LocalSet.Options, Name);

    public ValueTask DisposeAsync() => _set?.DisposeAsync() ?? ValueTask.CompletedTask;
}
