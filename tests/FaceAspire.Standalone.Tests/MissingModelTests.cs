using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

/// <summary>A known model whose weights are not here, but in a mirror: the repository's recogniser under another name, in a catalogue of the user's own.</summary>
public sealed class MissingModelTests : IDisposable
{
    private const string Mine = """
        {
          "models": [
            {
              "name": "mine", "task": "recognition", "description": "My own.", "file": "mine.onnx", "licence": "mine", "commercial": "yes", "source": "my disk",
              "origin": { "url": "https://upstream.invalid/upstream.onnx" },
              "input": { "width": 112, "height": 112, "color": "rgb", "mean": [127.5, 127.5, 127.5], "scale": 0.0078125 },
              "crop": { "geometry": "five-point", "width": 112, "height": 112 },
              "decoder": "embedding", "dimension": 192,
              "thresholds": {
                "native": { "cosine": 0.5, "euclidean": 1, "euclidean_l2": 1, "angular": 0.3 },
                "deepface": { "cosine": 0.5, "euclidean": 1, "euclidean_l2": 1, "angular": 0.3 }
              }
            }
          ]
        }
        """;

    private readonly string _cache = Directory.CreateTempSubdirectory("faceaspire-cache-").FullName;
    private readonly string _mirror = Directory.CreateTempSubdirectory("faceaspire-mirror-").FullName;

    public void Dispose()
    {
        Directory.Delete(_cache, recursive: true);
        Directory.Delete(_mirror, recursive: true);
    }

    [Fact]
    public async Task Represent_ModelInTheMirror_ComesWhileRequestsAreToldToWait()
    {
        File.Copy(Path.Combine(SharedMaterial.RepositoryRoot, "models", "FaceLite.onnx"), Path.Combine(_mirror, "upstream.onnx"));
        await using var service = await StartAsync(("MODELS_AUTO_DOWNLOAD", "true"), ("MODELS_MIRROR", _mirror));
        (await StateAsync(service)).ShouldBe("missing");

        using (var first = await RepresentAsync(service))
        {
            first.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            first.Headers.RetryAfter.ShouldNotBeNull();
            var (_, answer) = await ApiCalls.ReadAsync(first);
            answer.GetProperty("error_code").GetString().ShouldBe("model_unavailable");
            answer.GetProperty("message").GetString()!.ShouldContain("'mine' is being fetched");
        }

        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (await StateAsync(service) != "present")
        {
            System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), service.Log);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        using var last = await RepresentAsync(service);
        var represented = (await ApiCalls.ReadAsync(last)).ShouldSucceed();
        represented.GetProperty("model").GetString().ShouldBe("mine");
        represented.GetProperty("model_version").GetString()!.ShouldMatch("^[0-9a-f]{12}$");
        service.Log.ShouldContain("is here");
    }

    [Theory]
    [InlineData("true", "could not be fetched: upstream.onnx is not in the folder that MODELS_MIRROR names")]
    [InlineData("false", "faceaspire models pull mine")]
    public async Task Represent_ModelThatDoesNotCome_IsToldWhyAndWhatToDo(string isOn, string message)
    {
        await using var service = await StartAsync(("MODELS_AUTO_DOWNLOAD", isOn), ("MODELS_MIRROR", _mirror));

        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        string told;
        do
        {
            System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), service.Log);
            using var response = await RepresentAsync(service);
            var result = await ApiCalls.ReadAsync(response);
            result.ShouldFail(503).ShouldBe("model_unavailable");
            told = result.Answer.GetProperty("message").GetString()!;
            told.ShouldNotContain(_mirror);
        }
        while (told.Contains("is being fetched", StringComparison.Ordinal));

        told.ShouldContain(message);
        told.ShouldContain("MODELS_DIR");
        (await StateAsync(service)).ShouldBe("missing");
    }

    private Task<ServiceProcess> StartAsync(params (string Name, string Value)[] settings)
    {
        File.WriteAllText(Path.Combine(_cache, "catalog.local.json"), Mine);
        return ServiceProcess.StartAsync(
            StandaloneFixture.Assembly,
            new Dictionary<string, string?>(settings.ToDictionary(static setting => setting.Name, static setting => (string?)setting.Value)) { ["MODELS_CACHE"] = _cache },
            TestContext.Current.CancellationToken);
    }

    private static async Task<string> StateAsync(ServiceProcess service)
    {
        var answer = await service.Client.GetFromJsonAsync<JsonElement>("/api/v1/models", TestContext.Current.CancellationToken);
        return answer.GetProperty("models").EnumerateArray().Single(static model => model.GetProperty("name").GetString() == "mine").GetProperty("state").GetString()!;
    }

    private static Task<HttpResponseMessage> RepresentAsync(ServiceProcess service) => service.Client.PostAsJsonAsync(
        "/api/v1/represent",
        new { img = $"data:image/jpeg;base64,{Convert.ToBase64String(File.ReadAllBytes(Path.Combine(SharedMaterial.RepositoryRoot, "samples", "anna.jpg")))}", model_name = "mine" },
        TestContext.Current.CancellationToken);
}
