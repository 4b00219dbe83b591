using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using NetVips;

namespace FaceAspire.Recognition.Tests.Galleries;

/// <summary>A service with an empty store, and calls to its galleries. Each test takes a gallery of its own.</summary>
public sealed class GalleryFixture : IAsyncLifetime
{
    private RecognitionHost? _host;
    private int _galleries;

    internal RecognitionHost Host => _host!;

    /// <summary>The drawn faces.</summary>
    public static string Anna => RecognitionHost.Sample("anna");

    public static string AnnaLeaning => RecognitionHost.Sample("anna-leaning");

    public static string Ben => RecognitionHost.Sample("ben");

    /// <summary>A picture of two faces, the second one larger: ben, then anna twice as large.</summary>
    public static byte[] Pair()
    {
        using var ben = Image.NewFromBuffer(RecognitionHost.SampleBytes("ben"));
        using var anna = Image.NewFromBuffer(RecognitionHost.SampleBytes("anna"));
        using var large = anna.Resize(1.5);
        using var both = ben.Join(large, Enums.Direction.Horizontal, expand: true);
        return both.JpegsaveBuffer(q: 95);
    }

    public static string DataUri(byte[] picture) => $"data:image/jpeg;base64,{Convert.ToBase64String(picture)}";

    public async ValueTask InitializeAsync() => _host = await RecognitionHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>Path of a gallery that no other test uses.</summary>
    public string NewGallery() => string.Create(CultureInfo.InvariantCulture, $"/api/v1/galleries/g{Interlocked.Increment(ref _galleries)}");

    public async Task<(int Status, JsonElement Answer)> SendAsync(string method, string path, object? body = null, string? caller = null, string? scopes = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body switch { null => null, HttpContent content => content, _ => JsonContent.Create(body) } };
        if (caller is not null)
        {
            request.Headers.Add("X-Caller", caller);
        }

        if (scopes is not null)
        {
            request.Headers.Add("X-Caller-Scopes", scopes);
        }

        using var response = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    /// <summary>A call that must succeed.</summary>
    public async Task<JsonElement> OkAsync(string method, string path, object? body = null, string? caller = null)
    {
        var (status, answer) = await SendAsync(method, path, body, caller);
        status.ShouldBe(200, answer.ToString());
        answer.GetProperty("success").GetBoolean().ShouldBeTrue();
        return answer;
    }

    /// <summary>A call that must fail; gives the whole answer.</summary>
    public async Task<JsonElement> FailAsync(int status, string code, string method, string path, object? body = null)
    {
        var (actual, answer) = await SendAsync(method, path, body);
        actual.ShouldBe(status, answer.ToString());
        answer.GetProperty("error_code").GetString().ShouldBe(code, answer.ToString());
        return answer;
    }

    /// <summary>The fields that a validation error names.</summary>
    public async Task<string[]> WrongFieldsAsync(string method, string path, object? body = null) =>
        [.. (await FailAsync(422, "validation_error", method, path, body)).GetProperty("details").GetProperty("fields").EnumerateArray().Select(static field => field.GetProperty("field").GetString()!)];

    /// <summary>Enrols a picture; gives the id of its face.</summary>
    public async Task<long> EnrolAsync(string gallery, string subject, string picture)
    {
        var answer = await OkAsync("POST", $"{gallery}/subjects/{subject}/faces", new { img = picture });
        return answer.GetProperty("results").EnumerateArray().ShouldHaveSingleItem().GetProperty("face_id").GetInt64();
    }

    /// <summary>The embedding of a drawn face.</summary>
    public async Task<float[]> EmbeddingAsync(string picture) =>
        (await Host.RepresentAsync(picture)).Answer.GetProperty("result")[0].GetProperty("embedding").Deserialize<float[]>()!;

    /// <summary>Audit lines that name a gallery.</summary>
    public string[] Audit(string gallery) =>
        [.. Host.Log.Where(line => line.Contains("GalleryAudit", StringComparison.Ordinal) && line.Contains($" {gallery.Split('/')[^1]},", StringComparison.Ordinal))];

    /// <summary>The names of an object's members, in order.</summary>
    public static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(static member => member.Name)];
}
