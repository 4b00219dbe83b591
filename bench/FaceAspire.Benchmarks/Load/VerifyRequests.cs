using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using FaceAspire.Testing;

namespace FaceAspire.Benchmarks.Load;

/// <summary>The same verify of two photos, sent again and again.</summary>
/// <param name="service">The server.</param>
/// <param name="photos">Two photos.</param>
/// <param name="model">Recogniser.</param>
/// <param name="detector">Detector.</param>
internal sealed class VerifyRequests(ServiceProcess service, IReadOnlyList<string> photos, string model, string detector)
{
    private readonly byte[] _body = Body(photos, model, detector);

    /// <summary>Starts the real server with the weights of the material.</summary>
    public static Task<ServiceProcess> StartServiceAsync() => ServiceProcess.StartAsync(
        "FaceAspire.Standalone.dll",
        new Dictionary<string, string?>
        {
            ["MODELS_DIR"] = Path.Combine(SharedMaterial.Root, "models"),
            ["EMBEDDING_CACHE_TTL_SECONDS"] = "0", // the same two photos over and over: what is measured is the work
        },
        CancellationToken.None);

    /// <summary>Sends requests for a while, so many at a time.</summary>
    public async Task<Sample> MeasureAsync(int concurrency, TimeSpan duration)
    {
        var sample = new Sample();
        await MeasureAsync(sample, concurrency, duration);
        return sample;
    }

    /// <summary>The same, added to a measurement.</summary>
    public async Task MeasureAsync(Sample sample, int concurrency, TimeSpan duration)
    {
        var before = service.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                using var content = new ByteArrayContent(_body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                long begin = Stopwatch.GetTimestamp();
                using var response = await service.Client.PostAsync("/api/v1/verify", content);
                string answer = await response.Content.ReadAsStringAsync();
                if (!response.IsSuccessStatusCode)
                {
                    throw new InvalidOperationException($"{(int)response.StatusCode}: {answer}\n{service.Log}");
                }

                sample.Add(Stopwatch.GetElapsedTime(begin));
            }
        }));
        sample.Elapsed += Stopwatch.GetElapsedTime(start);
        sample.ProcessorTime += service.ProcessorTime - before;
    }

    private static byte[] Body(IReadOnlyList<string> photos, string model, string detector)
    {
        string[] images = [.. photos.Select(static photo => Convert.ToBase64String(BenchmarkModels.Photo(photo)))];
        return Encoding.UTF8.GetBytes(
            $$"""{"img1":"data:image/jpeg;base64,{{images[0]}}","img2":"data:image/jpeg;base64,{{images[1]}}","model_name":"{{model}}","detector_backend":"{{detector}}"}""");
    }
}
