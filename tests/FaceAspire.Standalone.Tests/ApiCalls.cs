using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

/// <summary>Calls as a client makes them, and what every answer must have.</summary>
internal static class ApiCalls
{
    public static string DataUri(string photo) => $"data:image/jpeg;base64,{Convert.ToBase64String(File.ReadAllBytes(SharedMaterial.Photo(photo)))}";

    /// <summary>Posts a body as JSON and gives status and answer.</summary>
    public static async Task<(int Status, JsonElement Answer)> PostAsync(this HttpClient client, string route, object body)
    {
        using var response = await client.PostAsJsonAsync(route, body, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    /// <summary>Checks what every answer has, and gives status and answer.</summary>
    public static async Task<(int Status, JsonElement Answer)> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem().ShouldMatch("^[A-Za-z0-9._-]{1,128}$");
        double.Parse(response.Headers.GetValues("X-Response-Time-Ms").ShouldHaveSingleItem(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(0);
        response.Headers.Contains("Server").ShouldBeFalse();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json", text);
        var answer = JsonDocument.Parse(text).RootElement;
        if (!response.IsSuccessStatusCode)
        {
            answer.GetProperty("success").GetBoolean().ShouldBeFalse();
            answer.GetProperty("request_id").GetString().ShouldBe(response.Headers.GetValues("X-Request-Id").Single());
            answer.GetProperty("details").ValueKind.ShouldBe(JsonValueKind.Object);
            text.ShouldNotContain("   at ");
            text.ShouldNotContain(SharedMaterial.Root);
        }

        return ((int)response.StatusCode, answer);
    }

    /// <summary>An error answer's code, after checking its status.</summary>
    public static string ShouldFail(this (int Status, JsonElement Answer) result, int status)
    {
        result.Status.ShouldBe(status, result.Answer.ToString());
        return result.Answer.GetProperty("error_code").GetString()!;
    }

    /// <summary>A success answer.</summary>
    public static JsonElement ShouldSucceed(this (int Status, JsonElement Answer) result)
    {
        result.Status.ShouldBe(200, result.Answer.ToString());
        result.Answer.GetProperty("success").GetBoolean().ShouldBeTrue();
        return result.Answer;
    }
}
