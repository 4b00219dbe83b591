using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Local;
using FaceAspire.Testing;
using FaceAspire.Tests.EndToEnd.Local;
using FaceAspire.Tests.EndToEnd.Telemetry;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>The whole distributed run with the receiver of its telemetry, and a Standalone beside it that has the same settings. Without API keys,
/// and with all that the services can say in their logs.</summary>
public sealed class WholeSet : IAsyncLifetime
{
    /// <summary>Where a request comes in.</summary>
    public const string Gateway = "gateway-1";

    /// <summary>A second gateway, whose requests have two seconds.</summary>
    public const string HurriedGateway = "gateway-2";

    public const string Recognition = "recognition";
    public const string Detection = DetectionFixture.Name;
    public const string Attributes = "attributes";

    /// <summary>Largest encoded image, small so that a test can go beyond it.</summary>
    public const int MaxImageBytes = 1_000_000;

    public static readonly TimeSpan Hurry = TimeSpan.FromSeconds(2);

    private const string MaxImagePixels = "20000000";

    private static readonly TimeSpan _redisLimit = TimeSpan.FromSeconds(20);

    private OtlpReceiver? _telemetry;
    private DistributedSet? _set;
    private ServiceProcess? _standalone;
    private PictureServer? _pictures;

    public DistributedSet Set => _set ?? throw NotStarted();

    public ServiceProcess Standalone => _standalone ?? throw NotStarted();

    public OtlpReceiver Telemetry => _telemetry ?? throw NotStarted();

    public PictureServer Pictures => _pictures ?? throw NotStarted();

    /// <summary>A client of the gateway.</summary>
    public HttpClient Client => Set[Gateway].Client;

    /// <summary>Runs a test of what Redis adds, which makes new pictures each time. A request waits a quarter of a second for a command of Redis and then goes on without it;
    /// on a machine that is busy with other things that befalls one request or another, so the test may try three times.</summary>
    public async Task WithRedisAsync(Func<Task> test)
    {
        const int Attempts = 3;
        for (int attempt = 1; ; attempt++)
        {
            await WaitForRedisAsync();
            try
            {
                await test();
                return;
            }
            catch (Exception failure) when (failure is ShouldAssertException or TimeoutException && attempt < Attempts)
            {
                TestContext.Current.AddWarning($"Attempt {attempt}: {failure.Message}");
            }
        }
    }

    public async ValueTask InitializeAsync()
    {
        _pictures = await PictureServer.StartAsync();
        _telemetry = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken);
        string roots = SharedMaterial.IsPresent ? Path.Combine(SharedMaterial.Root, "images") : "";
        string? models = SharedMaterial.IsPresent ? Path.Combine(SharedMaterial.Root, "models") : null;
        var ofService = new Dictionary<string, string?>(_telemetry.Variables) { ["MODELS_DIR"] = models, ["LOG_LEVEL"] = "DEBUG" };
        var starting = LocalSet.StartAsync(LocalSet.Options with
        {
            Replicas = new Dictionary<string, int> { ["gateway"] = 2 },
            Parameters = new Dictionary<string, string>
            {
                ["privateurls"] = "true",
                ["roots"] = roots,
                ["maxbytes"] = MaxImageBytes.ToString(CultureInfo.InvariantCulture),
                ["maxpixels"] = MaxImagePixels,
            },
            Variables = new Dictionary<string, IReadOnlyDictionary<string, string?>>
            {
                [Detection] = ofService,
                [Recognition] = ofService,
                [Attributes] = ofService,
                ["gateway"] = ofService,
                [HurriedGateway] = new Dictionary<string, string?> { ["REQUEST_TIMEOUT_SECONDS"] = $"{Hurry.TotalSeconds}" },
            },
        });
        try
        {
            _standalone = await ServiceProcess.StartAsync(
                "FaceAspire.Standalone.dll",
                new Dictionary<string, string?>
                {
                    ["ALLOW_PRIVATE_URLS"] = "true",
                    ["IMAGE_PATH_ROOTS"] = roots,
                    ["MAX_IMAGE_BYTES"] = MaxImageBytes.ToString(CultureInfo.InvariantCulture),
                    ["MAX_IMAGE_PIXELS"] = MaxImagePixels,
                    ["MODELS_DIR"] = models,
                },
                TestContext.Current.CancellationToken);
        }
        finally
        {
            _set = await starting;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_set?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_standalone?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_telemetry?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_pictures?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Waits until recognition says that it reaches Redis.</summary>
    private async Task WaitForRedisAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var health = await Set[Recognition].Client.GetFromJsonAsync<JsonElement>("/health/ready", TestContext.Current.CancellationToken);
            if (health.GetProperty("checks").GetProperty("cache").GetString() == "ok")
            {
                return;
            }

            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(_redisLimit, $"{health}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static InvalidOperationException NotStarted() => new("The set has not started.");
}
