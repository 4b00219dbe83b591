using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

/// <summary>A service beside the shared one, for tests that need other settings, with a folder of its own that goes with it.</summary>
public abstract class OwnService : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faceaspire-");
    private ServiceProcess? _service;

    /// <summary>Its client; skips the test where the service needs the material and has not been started.</summary>
    public HttpClient Client
    {
        get
        {
            if (_service is null)
            {
                SharedMaterial.Require();
            }

            return Service.Client;
        }
    }

    /// <summary>The running service.</summary>
    protected ServiceProcess Service => _service ?? throw new InvalidOperationException("The service did not start.");

    /// <summary>The folder.</summary>
    protected string Folder => _folder.FullName;

    public async ValueTask InitializeAsync() => _service = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        Remove(_folder);
        GC.SuppressFinalize(this);
    }

    /// <summary>Fills the folder and starts the service; null where it needs the material and that is absent.</summary>
    protected abstract Task<ServiceProcess?> StartAsync();

    /// <summary>Removes the folder when the service has ended.</summary>
    protected virtual void Remove(DirectoryInfo folder) => folder.Delete(recursive: true);
}
