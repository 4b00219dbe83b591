using System.Globalization;
using System.Net;
using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests.Limits;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Requests_OverTheLimit_AreRefusedUntilRetryAfter()
    {
        await using var service = await EdgeProcess.StartAsync(("RATE_LIMIT_PER_MINUTE", "20"));

        using var refused = await DrainAsync(service, "/api/v1/models");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.ErrorCodeAsync()).ShouldBe("rate_limited");
        int wait = int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture);
        wait.ShouldBeInRange(1, 3); // one every three seconds

        using var root = await service.SendAsync("GET", "/");
        root.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests, "the root counts too");
        using var probe = await service.SendAsync("GET", "/health");
        probe.StatusCode.ShouldBe(HttpStatusCode.OK, "a probe does not");

        await Task.Delay(TimeSpan.FromSeconds(wait + 0.2), TestContext.Current.CancellationToken); // what is tested is that so long is long enough
        using var again = await service.SendAsync("GET", "/api/v1/models");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WrongKeys_OverTheAddressLimit_AreRefusedWhileAKnownKeyPasses()
    {
        await using var service = await EdgeProcess.StartAsync(("RATE_LIMIT_PER_MINUTE", "10"), ("API_KEYS", EdgeProcess.Keys), ("CORS_ORIGINS", GuardedFixture.Origin));
        List<HttpStatusCode> statuses = [];
        for (int i = 0; i < 15; i++)
        {
            using var response = await service.SendAsync("GET", "/api/v1/models", ("X-API-Key", $"guess-{i}"), ("Origin", GuardedFixture.Origin));
            statuses.Add(response.StatusCode);
            response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([GuardedFixture.Origin]);
        }

        statuses.Take(10).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        statuses[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        using var known = await service.SendAsync("GET", "/api/v1/models", ("X-API-Key", EdgeProcess.ReadKey));
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("true", HttpStatusCode.OK)]
    [InlineData("false", HttpStatusCode.TooManyRequests)]
    public async Task ForwardedAddress_CountsForItself_WhereTheFrameworkIsToldToTrustIt(string enabled, HttpStatusCode expected)
    {
        await using var service = await EdgeProcess.StartAsync(("RATE_LIMIT_PER_MINUTE", "5"), ("ASPNETCORE_FORWARDEDHEADERS_ENABLED", enabled));
        using var refused = await DrainAsync(service, "/", ("X-Forwarded-For", "203.0.113.7"));

        using var other = await service.SendAsync("GET", "/", ("X-Forwarded-For", "203.0.113.8"));

        other.StatusCode.ShouldBe(expected);
    }

    /// <summary>Sends requests until one is refused.</summary>
    private static async Task<HttpResponseMessage> DrainAsync(ServiceProcess service, string path, params (string, string)[] headers)
    {
        for (int i = 0; i < 60; i++)
        {
            var response = await service.SendAsync("GET", path, headers);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return response;
            }

            response.Dispose();
        }

        throw new TimeoutException("60 requests in a row, and none was refused.");
    }
}
