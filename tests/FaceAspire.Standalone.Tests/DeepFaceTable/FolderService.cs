using System.Diagnostics;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>What the shared service has not: all of DeepFace's photos as its folder of faces, URLs of this machine, and the attribute network that tells
/// age like upstream's tests expect it. One process for the rows that need any of them.</summary>
public sealed class FolderService : IAsyncLifetime
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2); // a few seconds alone; other tests run beside it

    private ServiceProcess? _service;

    public HttpClient Client
    {
        get
        {
            SharedMaterial.Require();
            return _service!.Client;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (SharedMaterial.IsPresent)
        {
            _service = await StandaloneFixture.StartAsync(
                ("FACES_DB_PATH", Path.Combine(SharedMaterial.Root, "images")),
                ("DEFAULT_MODEL", "mobilefacenet_512"),
                ("ATTRIBUTE_MODELS", "age_gender,facelite"),
                ("ALLOW_PRIVATE_URLS", "true"),
                ("MAX_QUEUE", "1000"));
        }
    }

    /// <summary>Waits until every photo has been read.</summary>
    public async Task<HttpClient> WhenReadAsync()
    {
        var client = Client;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var response = await client.GetAsync("/api/v1/galleries/default", TestContext.Current.CancellationToken);
            var (status, answer) = await ApiCalls.ReadAsync(response);
            if (status == 200 && answer.GetProperty("gallery").GetProperty("folder").GetProperty("finished_at").ValueKind != JsonValueKind.Null)
            {
                return client;
            }

            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_limit, $"{answer}\n{_service!.Log}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
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

/// <summary>The classes that share a <see cref="FolderService"/>.</summary>
[CollectionDefinition(Name)]
public sealed class FolderGroup : ICollectionFixture<FolderService>
{
    public const string Name = "DeepFace's folder of faces";
}
