using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Gateway.Tests;

/// <summary>Calls as a client makes them, and what every answer must have.</summary>
internal static class GatewayCalls
{
    /// <summary>Sends a request with an id of its own, and gives the answer as soon as its head is there.</summary>
    public static Task<HttpResponseMessage> CallAsync(
        this HttpClient client, string method, string path, string id, string? behave = null, HttpContent? body = null, CancellationToken? token = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        request.Headers.Add("X-Request-Id", id);
        if (behave is not null)
        {
            request.Headers.Add(Backend.Behave, behave);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token ?? TestContext.Current.CancellationToken);
    }

    /// <summary>An id that no other test has.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>Checks that an answer is the failure it should be, in the envelope, with what every answer carries.</summary>
    public static async Task<string> ShouldBeAsync(this HttpResponseMessage response, ErrorCode code)
    {
        var error = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        error.GetProperty("error_code").GetString().ShouldBe(code.Name, error.GetRawText());
        ((int)response.StatusCode).ShouldBe(code.Status);
        error.EnumerateObject().Select(static member => member.Name).ShouldBe(["success", "error_code", "message", "request_id", "details"]);
        error.GetProperty("request_id").GetString().ShouldBe(response.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem());
        response.Headers.GetValues("X-Response-Time-Ms").ShouldHaveSingleItem();
        if (code == ErrorCode.ServiceUnavailable)
        {
            response.Headers.RetryAfter.ShouldNotBeNull();
        }

        return error.GetProperty("message").GetString()!;
    }

    /// <summary>Waits for what will happen, at most so long.</summary>
    public static async Task WaitUntilAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> otherwise)
    {
        var token = TestContext.Current.CancellationToken;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException(otherwise());
            }

            await Task.Delay(50, token);
        }
    }
}
