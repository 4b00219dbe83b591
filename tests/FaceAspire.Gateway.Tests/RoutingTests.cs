using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Contracts.Errors;
using FaceAspire.Testing;

namespace FaceAspire.Gateway.Tests;

/// <summary>Who answers what, and what of a request and its answer passes.</summary>
public sealed class RoutingTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("POST", "/api/v1/verify", "recognition")]
    [InlineData("POST", "/api/v1/represent", "recognition")]
    [InlineData("POST", "/api/v1/embed", "recognition")]
    [InlineData("POST", "/api/v1/find", "recognition")]
    [InlineData("GET", "/api/v1/galleries", "recognition")]
    [InlineData("PUT", "/api/v1/galleries/staff", "recognition")]
    [InlineData("DELETE", "/api/v1/galleries/staff", "recognition")]
    [InlineData("POST", "/api/v1/galleries/staff/search", "recognition")]
    [InlineData("GET", "/api/v1/galleries/staff/export", "recognition")]
    [InlineData("POST", "/api/v1/galleries/staff/import", "recognition")]
    [InlineData("GET", "/api/v1/galleries/staff/subjects", "recognition")]
    [InlineData("GET", "/api/v1/galleries/staff/subjects/anna%20b%C3%BC", "recognition")]
    [InlineData("PATCH", "/api/v1/galleries/staff/subjects/anna", "recognition")]
    [InlineData("DELETE", "/api/v1/galleries/staff/subjects/anna", "recognition")]
    [InlineData("POST", "/api/v1/galleries/staff/subjects/anna/verify", "recognition")]
    [InlineData("GET", "/api/v1/galleries/staff/subjects/anna/faces", "recognition")]
    [InlineData("POST", "/api/v1/galleries/staff/subjects/anna/faces", "recognition")]
    [InlineData("GET", "/api/v1/galleries/staff/faces/7", "recognition")]
    [InlineData("DELETE", "/api/v1/galleries/staff/faces/7", "recognition")]
    [InlineData("GET", "/api/v1/galleries/staff/faces/7/thumbnail", "recognition")]
    [InlineData("GET", "/api/v1/models", "recognition")]
    [InlineData("POST", "/api/v1/extract", "detection")]
    [InlineData("POST", "/api/v1/analyze", "attributes")]
    public async Task Route_OfTheApi_ReachesItsServiceWhole(string method, string path, string service)
    {
        string id = GatewayCalls.NewId();
        var body = method == "POST" ? new ByteArrayContent(new byte[40_000]) : null;

        using var response = await gateway.Client.CallAsync(method, $"{path}?a=b%20c", id, body: body);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        answer.GetProperty("service").GetString().ShouldBe(service);
        var arrival = gateway.Of(service).Arrived(id);
        arrival.Line.ShouldBe($"{method} {path}?a=b%20c");
        arrival.BodyBytes.ShouldBe(method == "POST" ? 40_000 : 0);
    }

    [Theory]
    [InlineData("POST", "/internal/faces")]
    [InlineData("POST", "/internal/v1/extract")]
    [InlineData("POST", "/api/v1/verify/internal/faces")]
    [InlineData("POST", "/api/v1/verify/..%2f..%2f..%2finternal/faces")]
    [InlineData("POST", "/api/v1//verify")]
    [InlineData("GET", "/api/v1/galleries/../../../internal/faces")]
    [InlineData("GET", "/api/v1/galleries/staff/subjects/anna/../../../../../internal/faces")]
    [InlineData("GET", "/api/v1/galleries/staff/anything")]
    [InlineData("GET", "/api/v1/galleries/staff/faces/7/thumbnail/more")]
    [InlineData("GET", "/metrics")]
    public async Task Path_OutsideTheApi_IsNotFoundAndReachesNobody(string method, string path)
    {
        string id = GatewayCalls.NewId();

        using var response = await gateway.Client.CallAsync(method, path, id);

        await response.ShouldBeAsync(ErrorCode.NotFound);
        foreach (string service in (string[])["detection", "recognition", "attributes"])
        {
            gateway.Of(service).Arrived(id).Count.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("GET", "/api/v1/verify", "POST")]
    [InlineData("DELETE", "/api/v1/extract", "POST")]
    [InlineData("POST", "/api/v1/models", "GET")]
    public async Task Verb_Wrong_IsAnsweredHereWithTheRightOne(string method, string path, string allowed)
    {
        using var response = await gateway.Client.CallAsync(method, path, GatewayCalls.NewId());

        await response.ShouldBeAsync(ErrorCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe([allowed]);
    }

    [Fact]
    public async Task Info_Always_ListsTheWholeApi()
    {
        var info = await gateway.Client.GetFromJsonAsync<JsonElement>("/", TestContext.Current.CancellationToken);

        info.GetProperty("service").GetString().ShouldBe("gateway");
        string?[] endpoints = [.. info.GetProperty("endpoints").EnumerateArray().Select(static one => one.GetString())];
        endpoints.ShouldBe(
            [
                "GET /", "GET /alive", "POST /api/v1/analyze", "POST /api/v1/embed", "POST /api/v1/extract", "GET /api/v1/models",
                "POST /api/v1/find", "GET /api/v1/galleries", "GET /api/v1/galleries/{gallery}", "PUT /api/v1/galleries/{gallery}", "DELETE /api/v1/galleries/{gallery}",
                "POST /api/v1/galleries/{gallery}/search", "GET /api/v1/galleries/{gallery}/export", "POST /api/v1/galleries/{gallery}/import",
                "GET /api/v1/galleries/{gallery}/subjects", "GET /api/v1/galleries/{gallery}/subjects/{subject}", "PATCH /api/v1/galleries/{gallery}/subjects/{subject}",
                "DELETE /api/v1/galleries/{gallery}/subjects/{subject}", "POST /api/v1/galleries/{gallery}/subjects/{subject}/verify",
                "GET /api/v1/galleries/{gallery}/subjects/{subject}/faces", "POST /api/v1/galleries/{gallery}/subjects/{subject}/faces",
                "GET /api/v1/galleries/{gallery}/faces/{face}", "DELETE /api/v1/galleries/{gallery}/faces/{face}", "GET /api/v1/galleries/{gallery}/faces/{face}/thumbnail",
                "DELETE /api/v1/galleries/{gallery}/spaces/{space}",
                "POST /api/v1/represent", "POST /api/v1/verify", "GET /health", "GET /health/live", "GET /health/ready",
                "GET /openapi/v1.json",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Answer_Always_HasTheGatewaysIdAndTimeOnceAndNoServer()
    {
        string id = GatewayCalls.NewId();

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", id);

        response.Headers.GetValues("X-Request-Id").ShouldBe([id]);
        response.Headers.GetValues("X-Response-Time-Ms").ShouldHaveSingleItem().ShouldNotBe("0.1");
        response.Headers.GetValues("X-Content-Type-Options").ShouldHaveSingleItem();
        response.Headers.Server.ShouldBeEmpty();
        response.Headers.GetValues("X-Cache").ShouldBe(["hit"]);
        gateway.Recognition.Arrived(id).Headers["X-Request-Id"].ShouldBe(id);
    }

    [Fact]
    public async Task RequestId_NotUsable_IsMadeAndTheServiceHearsTheSame()
    {
        using var response = await gateway.Client.CallAsync("POST", "/api/v1/extract", "not/usable");

        string made = response.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem();
        made.ShouldNotBe("not/usable");
        gateway.Detection.Arrived(made).Headers["X-Request-Id"].ShouldBe(made);
    }

    [Fact]
    public async Task Trace_OfTheClient_GoesOn()
    {
        string id = GatewayCalls.NewId();

        using var response = await gateway.Client.CallAsync(
            "POST", "/api/v1/verify", id, headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        string[] parts = gateway.Recognition.Arrived(id).Headers["traceparent"].Split('-');
        parts[1].ShouldBe("0af7651916cd43dd8448eb211c80319c");
        parts[2].ShouldNotBe("b7ad6b7169203331");
    }

    [Theory]
    [InlineData(null, 1, 2_000)]
    [InlineData("500", 1, 500)]
    [InlineData("999999", 501, 2_000)]
    [InlineData("-5", 501, 2_000)]
    [InlineData("soon", 501, 2_000)]
    [InlineData("99999999999999999999999", 501, 2_000)]
    public async Task Deadline_WhateverTheClientSays_IsNeverLaterThanTheGateways(string? asked, int atLeast, int atMost)
    {
        string id = GatewayCalls.NewId();

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", id, headers: asked is null ? [] : [("X-Request-Timeout-Ms", asked)]);

        int.Parse(gateway.Recognition.Arrived(id).Headers["X-Request-Timeout-Ms"]).ShouldBeInRange(atLeast, atMost);
    }

    /// <summary>Of two seconds here: a stream has neither the gateway's nor gives the service one.</summary>
    [Fact]
    public async Task Deadline_OfAStream_IsNone()
    {
        string id = GatewayCalls.NewId();

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/galleries/staff/import", id, body: new ByteArrayContent(new byte[200_000]));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Recognition.Arrived(id).Headers.ShouldNotContainKey("X-Request-Timeout-Ms");
    }

    [Fact]
    public async Task Headers_ThatClaimAnotherOriginOrHoldKeys_DoNotReachTheService()
    {
        string id = GatewayCalls.NewId();

        using var response = await gateway.Client.CallAsync(
            "POST", "/api/v1/verify", id, headers: [("X-Forwarded-For", "6.6.6.6"), ("X-API-Key", "secret"), ("Authorization", "Bearer secret"), ("Cookie", "a=secret"), ("X-Caller", "secret"), ("X-Caller-Scopes", "secret")]);

        var headers = gateway.Recognition.Arrived(id).Headers;
        headers["X-Forwarded-For"].ShouldBe("127.0.0.1");
        headers.Values.ShouldAllBe(static value => !value.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answer_OfAService_StreamsThroughUnbuffered()
    {
        string id = GatewayCalls.NewId();
        var token = TestContext.Current.CancellationToken;

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/extract", id, "stream", headers: ("Accept-Encoding", "gzip, br"));
        await using var stream = await response.Content.ReadAsStreamAsync(token);
        byte[] first = new byte[5];
        await stream.ReadExactlyAsync(first, token).AsTask().WaitAsync(TimeSpan.FromSeconds(1.5), token); // before the service goes on
        gateway.Detection.Arrived(id).Continue.SetResult();
        using var rest = new StreamReader(stream);

        System.Text.Encoding.ASCII.GetString(first).ShouldBe("first");
        (await rest.ReadToEndAsync(token)).ShouldBe("last");
    }

    [Fact]
    public async Task Answer_TheServiceDidNotCompress_IsNotCompressedHere()
    {
        using var response = await gateway.Client.CallAsync("POST", "/api/v1/extract", GatewayCalls.NewId(), "plain", headers: ("Accept-Encoding", "gzip, br"));

        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Length.ShouldBe(50_002);
    }

    [Fact]
    public async Task Start_WrongSettings_ExitsWithTwoAndALineForEach()
    {
        var (exitCode, output) = await ServiceProcess.RunToExitAsync(
            GatewayFixture.Assembly,
            new Dictionary<string, string?> { ["API_KEYS"] = "no key", ["MAX_IMAGE_BYTES"] = "many" },
            TestContext.Current.CancellationToken);

        exitCode.ShouldBe(2, output);
        output.ShouldContain("API_KEYS: ");
        output.ShouldContain("MAX_IMAGE_BYTES: ");
        output.ShouldNotContain("   at ");
    }
}
