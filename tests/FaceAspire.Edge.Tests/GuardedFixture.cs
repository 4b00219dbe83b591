using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests;

/// <summary>A service with keys, one allowed origin and a path base, that logs everything.</summary>
public sealed class GuardedFixture : IAsyncLifetime
{
    public const string Origin = "https://app.example.org";
    public const string PathBase = "/faces";

    private ServiceProcess? _service;

    public ServiceProcess Service => _service ?? throw new InvalidOperationException("The service did not start.");

    public async ValueTask InitializeAsync() =>
        _service = await EdgeProcess.StartAsync(("API_KEYS", EdgeProcess.Keys), ("CORS_ORIGINS", $"http://localhost:3000,{Origin}"), ("PATH_BASE", PathBase), ("DEBUG", "true"));

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}
