using System.Net;

namespace FaceAspire.Edge.Tests;

public sealed class CorsTests(GuardedFixture guarded, OpenFixture open) : IClassFixture<GuardedFixture>, IClassFixture<OpenFixture>
{
    private const string AllowOrigin = "Access-Control-Allow-Origin";

    private static readonly (string, string)[] _preflight =
        [("Origin", GuardedFixture.Origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,x-api-key,x-request-id,cache-control,authorization")];

    [Theory]
    [InlineData("/api/v1/verify")]
    [InlineData("/faces/api/v1/verify")]
    [InlineData("/nothing")]
    public async Task Preflight_AllowedOrigin_IsAnsweredWithoutAKey(string path)
    {
        using var response = await guarded.Service.SendAsync("OPTIONS", path, _preflight);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Headers.GetValues(AllowOrigin).ShouldBe([GuardedFixture.Origin]);
        response.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        string[] allowed = response.Headers.GetValues("Access-Control-Allow-Headers").Single().Split(',');
        foreach (string header in (string[])["X-API-Key", "Authorization", "Content-Type", "X-Request-Id", "Cache-Control"])
        {
            allowed.ShouldContain(header);
        }
    }

    [Fact]
    public async Task Preflight_OtherOrigin_AllowsNothing()
    {
        using var response = await guarded.Service.SendAsync("OPTIONS", "/api/v1/verify", ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"));

        response.Headers.Contains(AllowOrigin).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", 401)]
    [InlineData(EdgeProcess.EnrolKey, 403)]
    [InlineData(EdgeProcess.ReadKey, 200)]
    public async Task Models_AllowedOrigin_CarryTheHeadersWithEveryStatus(string key, int status)
    {
        using var response = await guarded.Service.SendAsync("GET", "/api/v1/models", ("Origin", GuardedFixture.Origin), ("X-API-Key", key));

        ((int)response.StatusCode).ShouldBe(status);
        response.Headers.GetValues(AllowOrigin).ShouldBe([GuardedFixture.Origin]);
        response.Headers.GetValues("Access-Control-Expose-Headers").Single().Split(',').ShouldBe(["X-Request-Id", "X-Response-Time-Ms", "X-Cache", "Retry-After"]);
        response.Headers.Vary.ShouldContain("Origin");
    }

    [Fact]
    public async Task Verify_FailsInItsHandler_StillCarriesTheHeaders()
    {
        using var response = await guarded.Service.SendAsync("POST", "/api/v1/verify", ("Origin", GuardedFixture.Origin), ("X-API-Key", EdgeProcess.ReadKey));

        (await response.ErrorCodeAsync()).ShouldBe("unsupported_media_type"); // thrown, where the handler of exceptions clears the headers set before
        response.Headers.GetValues(AllowOrigin).ShouldBe([GuardedFixture.Origin]);
    }

    [Fact]
    public async Task Models_OtherOrigin_CarryNoHeaders()
    {
        using var response = await guarded.Service.SendAsync("GET", "/api/v1/models", ("Origin", "https://evil.example"), ("X-API-Key", EdgeProcess.ReadKey));

        response.StatusCode.ShouldBe(HttpStatusCode.OK); // the browser decides, by what is not there
        response.Headers.Contains(AllowOrigin).ShouldBeFalse();
    }

    [Fact]
    public async Task Preflight_NoOriginsConfigured_IsAnOrdinaryRequest()
    {
        using var response = await open.Service.SendAsync("OPTIONS", "/api/v1/verify", _preflight);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await response.ErrorCodeAsync()).ShouldBe("method_not_allowed");
        response.Headers.Contains(AllowOrigin).ShouldBeFalse();
    }

    [Fact]
    public async Task Models_AnyOriginConfigured_AllowAnyWithoutCredentials()
    {
        await using var service = await EdgeProcess.StartAsync(("CORS_ORIGINS", "*"));

        using var response = await service.SendAsync("GET", "/api/v1/models", ("Origin", "https://anyone.example"));

        response.Headers.GetValues(AllowOrigin).ShouldBe(["*"]);
        response.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
    }
}
