using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests;

/// <summary>A service without a setting of the edge.</summary>
public sealed class OpenFixture : IAsyncLifetime
{
    private ServiceProcess? _service;

    public ServiceProcess Service => _service ?? throw new InvalidOperationException("The service did not start.");

    public async ValueTask InitializeAsync() => _service = await EdgeProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}
