using FaceAspire.Testing;

[assembly: AssemblyFixture(typeof(FaceAspire.Standalone.Tests.StandaloneFixture))]

namespace FaceAspire.Standalone.Tests;

/// <summary>The real program, started once for all tests of the assembly: with every weight and the photos where they are here, else with the embedded models.</summary>
public sealed class StandaloneFixture : IAsyncLifetime
{
    public const string Assembly = "FaceAspire.Standalone.dll";

    private ServiceProcess? _service;

    /// <summary>The running service.</summary>
    public ServiceProcess Service => _service ?? throw new InvalidOperationException("The service did not start.");

    /// <summary>For tests that name no photo and no model but the embedded ones.</summary>
    public HttpClient Client => Service.Client;

    /// <summary>For tests that name photos or other models; skips the test where these are absent.</summary>
    public HttpClient ClientWithPhotos
    {
        get
        {
            SharedMaterial.Require();
            return Client;
        }
    }

    /// <summary>Variables of a service that has what is here.</summary>
    public static Dictionary<string, string?> Environment(params (string Name, string? Value)[] more)
    {
        var environment = new Dictionary<string, string?>();
        if (SharedMaterial.IsPresent)
        {
            environment["MODELS_DIR"] = Path.Combine(SharedMaterial.Root, "models");
            environment["IMAGE_PATH_ROOTS"] = Path.Combine(SharedMaterial.Root, "images");
        }

        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        return environment;
    }

    public static Task<ServiceProcess> StartAsync(params (string Name, string? Value)[] more) =>
        ServiceProcess.StartAsync(Assembly, Environment(more), TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync() =>
        _service = await ServiceProcess.StartAsync(Assembly, Environment(("MAX_QUEUE", "1000")), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}
