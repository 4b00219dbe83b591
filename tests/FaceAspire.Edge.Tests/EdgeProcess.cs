using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests;

/// <summary>The real Standalone with settings of the edge, and calls to it.</summary>
internal static class EdgeProcess
{
    public const string Assembly = "FaceAspire.Standalone.dll";
    public const string ReadKey = "read-3f1c8e0b7a29";
    public const string EnrolKey = "enrol-77aa20d4c1fe";
    public const string AdminKey = "admin-91be5c30f2d7";

    /// <summary>The three keys as <c>API_KEYS</c> has them.</summary>
    public static string Keys => $"reader:read:{Hash(ReadKey)};camera:enrol:{Hash(EnrolKey)};boss:admin:{Hash(AdminKey)}";

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static Task<ServiceProcess> StartAsync(params (string Name, string? Value)[] settings)
    {
        var environment = settings.ToDictionary(static setting => setting.Name, static setting => setting.Value);
        environment.TryAdd("IMAGE_PATH_ROOTS", Path.Combine(SharedMaterial.RepositoryRoot, "samples"));
        environment.TryAdd("DATA_DIR", "galleries"); // in the process's own folder, which goes with it
        return ServiceProcess.StartAsync(Assembly, environment, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a request; header values are sent as they are.</summary>
    public static async Task<HttpResponseMessage> SendAsync(this ServiceProcess service, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);
        }

        return await service.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The code of an error answer, after checking that it has the shape of one.</summary>
    public static async Task<string> ErrorCodeAsync(this HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var answer = JsonDocument.Parse(text);
        answer.RootElement.GetProperty("success").GetBoolean().ShouldBeFalse(text);
        answer.RootElement.GetProperty("request_id").GetString().ShouldBe(response.Headers.GetValues("X-Request-Id").Single());
        answer.RootElement.GetProperty("details").ValueKind.ShouldBe(JsonValueKind.Object);
        response.Headers.Contains("X-Response-Time-Ms").ShouldBeTrue();
        return answer.RootElement.GetProperty("error_code").GetString()!;
    }
}
