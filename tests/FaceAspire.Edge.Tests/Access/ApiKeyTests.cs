using System.Net;
using System.Net.Http.Headers;
using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests.Access;

public sealed class ApiKeyTests(GuardedFixture guarded) : IClassFixture<GuardedFixture>
{
    private ServiceProcess Service => guarded.Service;

    [Theory]
    [InlineData("X-API-Key", "KEY")]
    [InlineData("x-api-key", "KEY")]
    [InlineData("X-API-KEY", "  KEY ")]
    [InlineData("Authorization", "Bearer KEY")]
    [InlineData("authorization", "bearer KEY")]
    [InlineData("AUTHORIZATION", "BEARER  KEY")]
    public async Task Models_KnownKeyInAnySpellingOfTheHeader_AreAnswered(string header, string value)
    {
        using var response = await Service.SendAsync("GET", "/api/v1/models", (header, value.Replace("KEY", EdgeProcess.ReadKey, StringComparison.Ordinal)));

        response.StatusCode.ShouldBe(HttpStatusCode.OK, Service.Log);
    }

    [Theory]
    [InlineData("X-API-Key", "", "")]
    [InlineData("X-API-Key", "read-3f1c8e0b7a2", "")]
    [InlineData("X-API-Key", "READ-3F1C8E0B7A29", "")]
    [InlineData("Authorization", "Basic cmVhZC0zZjFjOGUwYjdhMjk6", "")]
    [InlineData("Authorization", "read-3f1c8e0b7a29", "")]
    [InlineData("Authorization", "Bearer", "")]
    [InlineData("X-API-Key", "read-3f1c8e0b7a29", "read-3f1c8e0b7a29")]
    [InlineData("X-API-Key", "wrong", "read-3f1c8e0b7a29")]
    [InlineData("Authorization", "Bearer read-3f1c8e0b7a29", "Bearer read-3f1c8e0b7a29")]
    [InlineData("X-Other", "read-3f1c8e0b7a29", "")]
    public async Task Models_NoSingleKnownKey_AreUnauthorized(string header, string value, string again)
    {
        string[] lines = ["GET /api/v1/models HTTP/1.1", $"{header}: {value}", .. again.Length > 0 ? [$"{header}: {again}"] : Array.Empty<string>()];

        string answer = await RawHttp.SendAsync(Service.Client.BaseAddress!, lines);

        RawHttp.StatusOf(answer).ShouldBe(401, answer);
        answer.ShouldContain("WWW-Authenticate: Bearer realm=");
    }

    [Fact]
    public async Task Models_KeyOfFiveThousandCharacters_AreUnauthorizedInTheEnvelope()
    {
        using var response = await Service.SendAsync("GET", "/api/v1/models", ("X-API-Key", new string('k', 5_000)));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("unauthorized");
    }

    [Fact]
    public async Task Models_KeyLargerThanAllHeadersMayBe_AreRefusedByTheServer()
    {
        string answer = await RawHttp.SendAsync(Service.Client.BaseAddress!, "GET /api/v1/models HTTP/1.1", $"X-API-Key: {new string('k', 40_000)}");

        RawHttp.StatusOf(answer).ShouldBe(431, answer);
    }

    [Fact]
    public async Task Models_ManyUnknownKeys_AreAllUnauthorizedAndTheKnownOneStillWorks()
    {
        for (int i = 0; i < 300; i++)
        {
            using var response = await Service.SendAsync("GET", "/api/v1/models", ("X-API-Key", $"guess-{i}"));
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var known = await Service.SendAsync("GET", "/api/v1/models", ("X-API-Key", EdgeProcess.ReadKey));
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/health/live")]
    [InlineData("GET", "/health/ready")]
    [InlineData("GET", "/alive")]
    [InlineData("GET", "/openapi/v1.json")]
    [InlineData("GET", "/scalar")]
    [InlineData("GET", "/scalar/scalar.js")]
    public async Task PublicPath_WithoutAKeyOrWithAWrongOne_IsAnswered(string method, string path)
    {
        using var without = await Service.SendAsync(method, path);
        using var wrong = await Service.SendAsync(method, path, ("X-API-Key", "wrong"));

        ((int)without.StatusCode).ShouldBeOneOf(200, 503); // 503: not ready yet
        ((int)wrong.StatusCode).ShouldBeOneOf(200, 503);
    }

    [Theory]
    [InlineData("POST", "/api/v1/verify")]
    [InlineData("POST", "/API/V1/VERIFY")]
    [InlineData("POST", "/api/v1/verify/")]
    [InlineData("POST", "//api/v1/verify")]
    [InlineData("POST", "/api//v1/verify")]
    [InlineData("POST", "/health/../api/v1/verify")]
    [InlineData("POST", "/health/%2e%2e/api/v1/verify")]
    [InlineData("POST", "/health/..%2fapi/v1/verify")]
    [InlineData("POST", "/scalar/%252e%252e/api/v1/verify")]
    [InlineData("GET", "/scalar/../api/v1/models")]
    [InlineData("GET", "/./api/v1/models")]
    [InlineData("GET", "/api/v1%2fmodels")]
    [InlineData("GET", "/api/v1/models?x=/health")]
    [InlineData("GET", "/faces/api/v1/models")]
    [InlineData("GET", "/faces/faces/api/v1/models")]
    [InlineData("GET", "/FACES/api/v1/models")]
    [InlineData("HEAD", "/api/v1/models")]
    [InlineData("OPTIONS", "/api/v1/models")]
    [InlineData("TRACE", "/health")]
    [InlineData("POST", "/health")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "http://other.example/api/v1/models")]
    public async Task AnyOtherPath_HoweverWritten_WantsAKey(string method, string target)
    {
        string answer = await RawHttp.SendAsync(Service.Client.BaseAddress!, $"{method} {target} HTTP/1.1", "Content-Length: 0");

        // What the server itself takes for no request is refused before there is a path.
        RawHttp.StatusOf(answer).ShouldBeOneOf(target.StartsWith("http", StringComparison.Ordinal) ? [400, 401] : [401]);
    }

    [Theory]
    [InlineData("DELETE", "/api/v1/galleries/staff", EdgeProcess.EnrolKey, 403)]
    [InlineData("DELETE", "/api/v1/galleries/staff/", EdgeProcess.EnrolKey, 403)]
    [InlineData("DELETE", "/api/v1/galleries/staff", EdgeProcess.AdminKey, 404)]
    [InlineData("POST", "/api/v1/galleries/staff/subjects/anna/faces", EdgeProcess.ReadKey, 403)]
    [InlineData("POST", "/api/v1/galleries/staff/subjects/anna/faces", EdgeProcess.EnrolKey, 415)] // let in; it brings no body
    [InlineData("GET", "/api/v1/galleries", EdgeProcess.ReadKey, 200)]
    [InlineData("GET", "/api/v1/galleries", EdgeProcess.EnrolKey, 403)]
    [InlineData("PUT", "/api/v1/galleries/guarded", EdgeProcess.ReadKey, 403)]
    [InlineData("PUT", "/api/v1/galleries/guarded", EdgeProcess.EnrolKey, 200)]
    [InlineData("GET", "/api/v1/galleries/staff/export", EdgeProcess.ReadKey, 404)]
    [InlineData("POST", "/api/v1/galleries/staff/import", EdgeProcess.ReadKey, 403)]
    [InlineData("PATCH", "/api/v1/galleries/staff/subjects/anna", EdgeProcess.ReadKey, 403)]
    [InlineData("POST", "/api/v1/galleries/staff/search", EdgeProcess.EnrolKey, 403)]
    [InlineData("POST", "/api/v1/galleries/staff/search", EdgeProcess.ReadKey, 415)]
    [InlineData("POST", "/api/v1/find", EdgeProcess.ReadKey, 415)]
    [InlineData("DELETE", "/api/v1/galleries/staff/subjects/anna", EdgeProcess.ReadKey, 403)]
    [InlineData("DELETE", "/api/v1/galleries/staff/faces/1", EdgeProcess.ReadKey, 403)]
    [InlineData("DELETE", "/api/v1/galleries/staff/faces/1", EdgeProcess.EnrolKey, 404)]
    [InlineData("GET", "/api/v1/models", EdgeProcess.EnrolKey, 403)]
    [InlineData("GET", "/api/v1/models", EdgeProcess.AdminKey, 200)]
    [InlineData("GET", "/metrics", EdgeProcess.ReadKey, 403)]
    [InlineData("GET", "/metrics", EdgeProcess.AdminKey, 404)]
    [InlineData("GET", "/api/v1/nothing", EdgeProcess.ReadKey, 404)]
    public async Task Request_KeyOfAScope_GetsWhatTheScopeMay(string method, string path, string key, int status)
    {
        using var response = await Service.SendAsync(method, path, ("X-API-Key", key));

        ((int)response.StatusCode).ShouldBe(status);
        if (status == 403)
        {
            (await response.ErrorCodeAsync()).ShouldBe("forbidden");
        }
    }

    [Fact]
    public async Task Verify_NoKeyAndABodyThatNeverComes_IsRefusedBeforeItIsAskedFor()
    {
        string answer = await RawHttp.SendAsync(
            Service.Client.BaseAddress!, "POST /api/v1/verify HTTP/1.1", "Content-Type: application/json", "Content-Length: 1000", "Expect: 100-continue");

        RawHttp.StatusOf(answer).ShouldBe(401, answer); // and not 100, which a server sends when it begins to read
    }

    [Fact]
    public async Task Represent_KeyWithScope_IsAnsweredAndTheKeyStandsInNoLogOrAnswer()
    {
        using var body = new StringContent("""{"img":"anna.jpg"}""", new MediaTypeHeaderValue("application/json"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/represent") { Content = body };
        request.Headers.Authorization = new("Bearer", EdgeProcess.ReadKey);
        request.Headers.Add("X-Request-Id", "with-key");

        using var response = await Service.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var refused = await Service.SendAsync("GET", "/metrics", ("X-API-Key", EdgeProcess.ReadKey), ("X-Request-Id", "refused-key"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK, Service.Log);
        await Service.WaitForLogAsync("\"request_id\":\"refused-key\"", TestContext.Current.CancellationToken);
        string everything = Service.Log + response + refused + await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            + await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        everything.ShouldNotContain(EdgeProcess.ReadKey);
        everything.ShouldNotContain(EdgeProcess.Hash(EdgeProcess.ReadKey));
    }

    [Fact]
    public async Task Gallery_MadeUnderAKey_IsAuditedByTheKeysNameWhateverTheClientClaims()
    {
        using var response = await Service.SendAsync("PUT", "/api/v1/galleries/audited", ("X-API-Key", EdgeProcess.EnrolKey), ("X-Caller", "boss"), ("X-Caller-Scopes", "admin"), ("X-Request-Id", "audited-request"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Service.WaitForLogAsync("create_gallery in audited", TestContext.Current.CancellationToken);
        string line = Service.Log.Split('\n').Single(static line => line.Contains("create_gallery in audited", StringComparison.Ordinal));
        line.ShouldContain("\"caller\":\"camera\"");
        line.ShouldContain("\"request_id\":\"audited-request\"");
        line.ShouldContain("\"action\":\"create_gallery\"");
    }

    [Fact]
    public async Task Start_WrongSettings_ExitsWithTwoAndLinesWithoutAHash()
    {
        string hash = EdgeProcess.Hash("x");
        var (exitCode, output) = await ServiceProcess.RunToExitAsync(
            EdgeProcess.Assembly,
            new Dictionary<string, string?>
            {
                ["API_KEYS"] = $"a:read:{hash};b:everything:{hash};{hash}",
                ["RATE_LIMIT_PER_MINUTE"] = "-1",
                ["CORS_ORIGINS"] = "https://app.example.org/path;app.example.org",
                ["PATH_BASE"] = "faces/",
            },
            TestContext.Current.CancellationToken);

        exitCode.ShouldBe(2, output);
        string[] lines = output.Split('\n');
        foreach (var (variable, count) in (ReadOnlySpan<(string, int)>)[("API_KEYS", 2), ("RATE_LIMIT_PER_MINUTE", 1), ("CORS_ORIGINS", 2), ("PATH_BASE", 1)])
        {
            lines.Count(line => line.StartsWith($"{variable}: ", StringComparison.Ordinal)).ShouldBe(count, output);
        }

        output.ShouldNotContain(hash);
        output.ShouldNotContain("   at ");
    }
}
