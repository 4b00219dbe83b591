using FaceAspire.Testing;

[assembly: AssemblyFixture(typeof(FaceAspire.Gateway.Tests.GatewayFixture))]

namespace FaceAspire.Gateway.Tests;

/// <summary>The real gateway in front of one replica of each service, with small limits.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    /// <summary>The program, beside the tests.</summary>
    public const string Assembly = "FaceAspire.Gateway.dll";

    /// <summary>Largest image, in bytes; small, so that limits are met with small bodies.</summary>
    public const int MaxImageBytes = 10_000;

    /// <summary>Longest time of a request.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private ServiceProcess? _gateway;

    internal Backend Detection { get; private set; } = null!;

    internal Backend Recognition { get; private set; } = null!;

    internal Backend Attributes { get; private set; } = null!;

    /// <summary>Client of the gateway; decompresses nothing.</summary>
    public HttpClient Client => _gateway!.Client;

    /// <summary>Starts a gateway in front of these replicas.</summary>
    internal static Task<ServiceProcess> StartAsync(
        string[] detection, string[] recognition, string[] attributes, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string?>
        {
            ["MAX_IMAGE_BYTES"] = $"{MaxImageBytes}",
            ["REQUEST_TIMEOUT_SECONDS"] = $"{Deadline.TotalSeconds}",
        };
        foreach (var (service, urls) in new[] { ("detection", detection), ("recognition", recognition), ("attributes", attributes) })
        {
            for (int i = 0; i < urls.Length; i++)
            {
                environment[$"services__{service}__http__{i}"] = urls[i];
            }
        }

        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return ServiceProcess.StartAsync(Assembly, environment, cancellationToken);
    }

    internal Backend Of(string service) => service switch
    {
        "detection" => Detection,
        "recognition" => Recognition,
        _ => Attributes,
    };

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        Detection = await Backend.StartAsync("detection", token);
        Recognition = await Backend.StartAsync("recognition", token);
        Attributes = await Backend.StartAsync("attributes", token);
        _gateway = await StartAsync([Detection.Url], [Recognition.Url], [Attributes.Url], token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await Detection.DisposeAsync();
        await Recognition.DisposeAsync();
        await Attributes.DisposeAsync();
    }
}
