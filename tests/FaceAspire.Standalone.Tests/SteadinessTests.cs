using System.Net.Http.Headers;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

public sealed class SteadinessTests(ITestOutputHelper output)
{
    private const int Requests = 1_000;
    private const int Concurrency = 16;
    private const long MaxGrowth = 30 * 1024 * 1024;

    [Fact]
    public async Task Mixed_TwoThousandRequestsATenthHostile_NoneIs500AndMemoryStays()
    {
        SharedMaterial.Require();
        await using var service = await StandaloneFixture.StartAsync(("MAX_QUEUE", "1000"), ("EMBEDDING_CACHE_TTL_SECONDS", "0")); // every request is to be worked on
        var bodies = Bodies();

        await SendAllAsync(service, bodies);
        long first = await SettledMemoryAsync(service);
        await SendAllAsync(service, bodies);
        long second = await SettledMemoryAsync(service);

        output.WriteLine($"resident memory {first / 1048576} MiB after 1,000 requests, {second / 1048576} MiB after 2,000");
        if (second - first >= MaxGrowth)
        {
            // Heaps of the collector and of the C library take their final size by steps of some 20 MiB, in some runs later than in others: a leak goes on.
            await SendAllAsync(service, bodies);
            long third = await SettledMemoryAsync(service);
            output.WriteLine($"{third / 1048576} MiB after 3,000");
            (third - second).ShouldBeLessThan(MaxGrowth);
        }
    }

    /// <summary>Nine calls that succeed and one that must be refused, in turn.</summary>
    private static List<(string Route, string Json, bool Hostile)> Bodies()
    {
        string photo = ApiCalls.DataUri("img10.jpg");
        string truncated = $"data:image/jpeg;base64,{Convert.ToBase64String(File.ReadAllBytes(SharedMaterial.Photo("img10.jpg"))[..20_000])}";
        (string Route, object Body)[] good =
        [
            ("/api/v1/represent", new { img = photo }),
            ("/api/v1/verify", new { img1 = photo, img2 = "img11.jpg" }),
            ("/api/v1/represent", new { img = "img12.jpg", model_name = "mobilefacenet_512" }),
            ("/api/v1/analyze", new { img = photo }),
            ("/api/v1/extract", new { img = "img12.jpg" }),
            ("/api/v1/represent", new { img = "img62.jpg", model_name = "mobilefacenet" }),
            ("/api/v1/verify", new { img1 = "img10.jpg", img2 = photo, alignment = "deepface" }),
            ("/api/v1/represent", new { img = "selfie-many-people.jpg", detector_backend = "skip" }),
            ("/api/v1/analyze", new { img = "img12.jpg", actions = new[] { "emotion" } }),
        ];
        (string Route, object Body)[] hostile =
        [
            ("/api/v1/represent", new { img = truncated }),
            ("/api/v1/represent", new { img = DrawnPictures.DataUri(PngFile.Bomb(20_000, 20_000)) }),
            ("/api/v1/verify", new { img1 = new[] { 1e30, 2 }, img2 = "http://127.0.0.1:9/" }),
            ("/api/v1/extract", new { img = "../../etc/passwd" }),
            ("/api/v1/analyze", new { img = new string('A', 100_000) }),
        ];
        List<(string, string, bool)> bodies = [];
        for (int i = 0; i < Requests; i++)
        {
            bool isHostile = i % 10 == 9;
            var (route, body) = isHostile ? hostile[i / 10 % hostile.Length] : good[i % 10];
            bodies.Add((route, JsonSerializer.Serialize(body), isHostile));
        }

        return bodies;
    }

    private static Task SendAllAsync(ServiceProcess service, List<(string Route, string Json, bool Hostile)> bodies) => Parallel.ForEachAsync(
        bodies,
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = TestContext.Current.CancellationToken },
        async (body, token) =>
        {
            using var content = new StringContent(body.Json, new MediaTypeHeaderValue("application/json"));
            using var response = await service.Client.PostAsync(body.Route, content, token);
            var (status, answer) = await ApiCalls.ReadAsync(response);
            if (body.Hostile)
            {
                status.ShouldBeInRange(400, 499, answer.ToString());
            }
            else
            {
                status.ShouldBe(200, answer.ToString());
            }
        });

    /// <summary>Memory at rest: the smallest of a few looks after the last answer.</summary>
    private static async Task<long> SettledMemoryAsync(ServiceProcess service)
    {
        long smallest = long.MaxValue;
        for (int look = 0; look < 5; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
            smallest = Math.Min(smallest, service.WorkingSet);
        }

        return smallest;
    }
}
