using FaceAspire.Testing;

[assembly: AssemblyFixture(typeof(FaceAspire.Standalone.Tests.StandaloneFixture))]

namespace FaceAspire.Standalone.Tests;

/// <summary>The real program with the real weights, started once for all tests of the assembly.</summary>
public sealed class StandaloneFixture : IAsyncLifetime
{
    public const string Assembly = "FaceAspire.Standalone.dll";

    private ServiceProcess? _service;

    /// <summary>The running service; skips the test where the weights are absent.</summary>
    public ServiceProcess Service
    {
        get
        {
            SharedMaterial.Require();
            return _service ?? throw new InvalidOperationException("The service did not start.");
        }
    }

    public HttpClient Client => Service.Client;

    /// <summary>Variables of a service that has the weights and may read the photos.</summary>
    public static Dictionary<string, string?> Environment(params (string Name, string? Value)[] more)
    {
        var environment = new Dictionary<string, string?>
        {
            ["MODELS_DIR"] = Path.Combine(SharedMaterial.Root, "models"),
            ["IMAGE_PATH_ROOTS"] = Path.Combine(SharedMaterial.Root, "images"),
        };
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        return environment;
    }

    public static Task<ServiceProcess> StartAsync(params (string Name, string? Value)[] more) =>
        ServiceProcess.StartAsync(Assembly, Environment(more), TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync()
    {
        if (SharedMaterial.IsPresent)
        {
            _service = await ServiceProcess.StartAsync(Assembly, Environment(("MAX_QUEUE", "1000")), CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}
