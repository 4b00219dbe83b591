using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>What a client gets.</summary>
/// <param name="Status">Status, and the error code where there is one: <c>422 no_face_detected</c>.</param>
/// <param name="Headers">Those that say something of the answer: type, allowed methods, when to come again.</param>
/// <param name="Body">The JSON without what differs from one answer to the next: <c>time</c> and <c>request_id</c>.</param>
internal sealed record ApiAnswer(string Status, string Headers, string Body)
{
    /// <summary>The request's id, as the answer's header has it.</summary>
    public required string RequestId { get; init; }

    /// <summary>How the cache was used; null when it was not.</summary>
    public required string? Cache { get; init; }

    /// <summary>What both runs must have alike.</summary>
    public (string Status, string Headers, string Body) Comparable => (Status, Headers, Body);

    /// <summary>Sends a request and checks what every answer must have.</summary>
    public static async Task<ApiAnswer> AskAsync(HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json", text);
        string id = response.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem();
        response.Headers.GetValues("X-Response-Time-Ms").ShouldHaveSingleItem();
        response.Headers.Contains("Server").ShouldBeFalse();
        var body = JsonNode.Parse(text)!.AsObject();
        string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!response.IsSuccessStatusCode && body.ContainsKey("error_code"))
        {
            status = $"{status} {body["error_code"]}";
            body["request_id"]!.GetValue<string>().ShouldBe(id);
        }

        body.Remove("time");
        body.Remove("request_id");
        var headers = response.Content.Headers;
        return new(status, $"{headers.ContentType} | {string.Join(',', headers.Allow)} | {response.Headers.RetryAfter}", body.ToJsonString())
        {
            RequestId = id,
            Cache = response.Headers.TryGetValues("X-Cache", out var cache) ? cache.Single() : null,
        };
    }

    /// <summary>Posts a body as JSON.</summary>
    public static Task<ApiAnswer> PostAsync(HttpClient client, string route, object body, params ReadOnlySpan<(string Name, string Value)> headers) =>
        SendAsync(client, Json(route, body), headers);

    /// <summary>A request with a JSON body.</summary>
    public static HttpRequestMessage Json(string route, object body) => new(HttpMethod.Post, route) { Content = JsonContent.Create(body) };

    /// <summary>A request with any body.</summary>
    public static HttpRequestMessage Text(string route, string body, string type = "application/json") =>
        new(HttpMethod.Post, route) { Content = new StringContent(body, MediaTypeHeaderValue.Parse(type)) };

    /// <summary>A multipart request: bytes are file parts, text fields.</summary>
    public static HttpRequestMessage Form(string route, params ReadOnlySpan<(string Name, object Value)> parts)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in parts)
        {
            if (value is byte[] file)
            {
                form.Add(new ByteArrayContent(file), name, "picture.jpg");
            }
            else
            {
                form.Add(new StringContent((string)value), name);
            }
        }

        return new(HttpMethod.Post, route) { Content = form };
    }

    private static Task<ApiAnswer> SendAsync(HttpClient client, HttpRequestMessage request, ReadOnlySpan<(string Name, string Value)> headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return AskAsync(client, request);
    }
}
