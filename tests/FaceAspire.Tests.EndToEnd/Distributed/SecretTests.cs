using System.Text;
using System.Text.Json;
using FaceAspire.Tests.EndToEnd.Local;
using FaceAspire.Tests.EndToEnd.Telemetry;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>What clients send and what the services know stays out of everything that people read to run the service.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class SecretTests(WholeSet whole)
{
    private const int Numbers = 12;

    [Fact]
    public async Task Secrets_OfRequestsAndOfTheSet_AreInNoLineAndNoTelemetry()
    {
        string id = $"test-{Guid.NewGuid():N}";
        string query = $"signature{Guid.NewGuid():N}";
        string key = $"key{Guid.NewGuid():N}";
        byte[] picture = SamplePictures.Unseen("anna.jpg");
        string base64 = Convert.ToBase64String(picture);
        var embedding = await EmbeddingAsync();
        var secrets = new Dictionary<string, byte[]>
        {
            ["query"] = Encoding.UTF8.GetBytes(query),
            ["key"] = Encoding.UTF8.GetBytes(key),
            ["base64"] = Encoding.UTF8.GetBytes(base64[100..140]),
            ["picture"] = picture[1_000..1_030],
            ["password"] = Encoding.UTF8.GetBytes(whole.Set.Cache.ConnectionString.Split("password=")[1]),
        };
        for (int i = 0; i < Numbers; i++)
        {
            secrets[$"number {i}"] = Encoding.UTF8.GetBytes(embedding[i].GetRawText());
            secrets[$"number {i}, binary"] = BitConverter.GetBytes((double)embedding[i].GetSingle()); // the one form of numbers that telemetry has
        }

        whole.Telemetry.LookFor("id", Encoding.UTF8.GetBytes(id));
        foreach (var (name, bytes) in secrets)
        {
            whole.Telemetry.LookFor(name, bytes);
        }

        await SendAllAsync(id, query, key, picture, embedding);

        foreach (string name in (string[])[WholeSet.Gateway, WholeSet.Recognition, WholeSet.Attributes, WholeSet.Detection])
        {
            await whole.Set[name].WaitForLineAsync(id, TestContext.Current.CancellationToken);
            await WaitForTelemetryAsync(name == WholeSet.Gateway ? "gateway" : name, id);
        }

        whole.Telemetry.Found.ShouldBe(["id"], "what was looked for in every message of the telemetry; the id has to be there");
        string[] lines = [.. whole.Set.Services.SelectMany(static service => service.Lines)];
        foreach (var (name, bytes) in secrets)
        {
            string text = Encoding.Latin1.GetString(bytes);
            lines.ShouldAllBe(line => !line.Contains(text, StringComparison.Ordinal), name);
        }
    }

    /// <summary>Pictures, embeddings and addresses by every way in, to routes that take them and to some that fail.</summary>
    private async Task SendAllAsync(string id, string query, string key, byte[] picture, JsonElement[] embedding)
    {
        string url = $"{whole.Pictures.Address}anna.jpg?sig={query}";
        string nowhere = $"{whole.Pictures.Address}nobody.jpg?sig={query}";
        string closed = $"http://127.0.0.1:1/anna.jpg?sig={query}";
        string base64 = Convert.ToBase64String(picture);
        foreach (var (status, request) in (IEnumerable<(string, HttpRequestMessage)>)
        [
            ("200", ApiAnswer.Json("/api/v1/verify", new { img1 = url, img2 = base64 })),
            ("200", ApiAnswer.Json("/api/v1/verify", new { img1 = embedding, img2 = SamplePictures.DataUri(picture) })),
            ("200", ApiAnswer.Json("/api/v1/extract", new { img = url })),
            ("200", ApiAnswer.Json("/api/v1/analyze", new { img = url })),
            ("200", ApiAnswer.Form("/api/v1/represent?sig=" + query, ("img", picture))),
            ("400 image_decode_error", ApiAnswer.Json("/api/v1/represent", new { img = nowhere })),
            ("400 image_decode_error", ApiAnswer.Json("/api/v1/analyze", new { img = closed })),
            ("400 image_decode_error", ApiAnswer.Json("/api/v1/represent", new { img = $"data:image/jpeg;base64,{base64[4..^8]}%" })),
            ("422 validation_error", ApiAnswer.Json("/api/v1/verify", new { img1 = embedding[..^1], img2 = base64 })),
            ("422 validation_error", ApiAnswer.Text("/api/v1/extract", $$"""{"img":"{{base64}}","max_faces":"{{base64[..200]}}" """)),
            ("404 not_found", new(HttpMethod.Get, $"/api/v1/nothing?sig={query}")),
            ("405 method_not_allowed", new(HttpMethod.Get, $"/api/v1/verify?sig={query}")),
        ])
        {
            using (request)
            {
                request.Headers.Add("X-Request-Id", id);
                request.Headers.Add("X-API-Key", key);
                request.Headers.Add("Authorization", $"Bearer {key}");
                request.Headers.Add("Cookie", $"session={key}");
                var answer = await ApiAnswer.AskAsync(whole.Client, request);
                answer.Status.ShouldBe(status, answer.Body);
            }
        }
    }

    private async Task<JsonElement[]> EmbeddingAsync()
    {
        var answer = await ApiAnswer.PostAsync(whole.Client, "/api/v1/represent", new { img = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")) });
        using var json = JsonDocument.Parse(answer.Body);
        JsonElement[] embedding = [.. json.RootElement.GetProperty("result")[0].GetProperty("embedding").EnumerateArray().Select(static number => number.Clone())];
        embedding.Take(Numbers).ShouldAllBe(static number => number.GetRawText().Length >= 8, "long enough not to be met by chance");
        return embedding;
    }

    /// <summary>Spans and logs of the request have come, and metrics twice since: the second time measured after it.</summary>
    private async Task WaitForTelemetryAsync(string service, string id)
    {
        int Measured(OtlpReceiver received) => received.Metrics.Count(metric => metric.Service == service && metric.Name == "http.server.request.duration");
        int before = Measured(whole.Telemetry);
        await whole.Telemetry.WaitAsync(
            received => Measured(received) >= before + 2
                && received.Spans.Any(span => span.Service == service && span.Attributes.GetValueOrDefault("request.id") == id)
                && received.Logs.Any(log => log.Service == service && log.Attributes.GetValueOrDefault("RequestId") == id),
            TestContext.Current.CancellationToken);
    }
}
