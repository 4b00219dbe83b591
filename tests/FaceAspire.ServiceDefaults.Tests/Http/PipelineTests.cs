using System.Net;
using System.Text.Json;
using FaceAspire.Contracts.Errors;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.ServiceDefaults.Tests.Http;

/// <summary>What every answer of every host has.</summary>
public sealed class PipelineTests(ServiceFixture service)
{
    public static TheoryData<string> Codes => [.. ErrorCode.All.Select(static code => code.Name)];

    [Theory, MemberData(nameof(Codes))]
    public async Task KnownFailure_IsAnsweredInTheEnvelope(string name)
    {
        using var response = await GetAsync($"/throw/{name}");

        var error = await ServiceFixture.ShouldBeAsync(response, ErrorCode.All.Single(code => code.Name == name));
        error.GetProperty("message").GetString().ShouldBe($"What {name} says.");
        error.GetProperty("details").EnumerateObject().ShouldBeEmpty();
        response.Headers.RetryAfter?.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        (response.Headers.RetryAfter is not null).ShouldBe(name == "service_unavailable");
    }

    [Fact]
    public async Task UnknownFailure_TellsNothingOfTheInside()
    {
        using var response = await GetAsync("/throw/anything");

        var error = await ServiceFixture.ShouldBeAsync(response, ErrorCode.InternalError);
        error.GetRawText().ShouldNotContain("secret");
        error.GetRawText().ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/health/nowhere")]
    [InlineData("/..%2f..%2fetc/passwd")]
    public async Task UnmatchedRoute_IsNotFound(string path)
    {
        using var response = await GetAsync(path);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.NotFound);
    }

    [Fact]
    public async Task WrongVerb_SaysWhichIsRight()
    {
        using var response = await GetAsync("/bound");

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Theory]
    [InlineData("abc-123_X.y")]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736")]
    public async Task RequestId_ThatIsPlain_IsKept(string id)
    {
        using var response = await GetAsync("/health", ("X-Request-Id", id));

        response.Headers.GetValues("X-Request-Id").ShouldBe([id]);
    }

    [Fact]
    public async Task RequestId_WhateverIsSent_IsPlain()
    {
        var values = ArbMap.Default.GeneratorFor<string>().Select(static text => new string([.. (text ?? "").Where(static c => c is > ' ' and < (char)127)]));

        await Task.Run(() => Prop.ForAll(values.ToArbitrary(), id =>
        {
            using var response = GetAsync("/health", ("X-Request-Id", id)).GetAwaiter().GetResult();
            string answered = response.Headers.GetValues("X-Request-Id").Single();
            return answered.Length is > 0 and <= 128 && answered.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        }).QuickCheckThrowOnFailure(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task RequestId_TooLong_IsReplaced()
    {
        using var response = await GetAsync("/health", ("X-Request-Id", new string('a', 129)));

        response.Headers.GetValues("X-Request-Id").Single().Length.ShouldBe(12);
    }

    [Fact]
    public async Task EveryAnswer_HidesTheServerAndForbidsSniffing()
    {
        using var response = await GetAsync("/");

        response.Headers.Server.ShouldBeEmpty();
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task LargeAnswer_IsCompressed(string encoding)
    {
        using var large = await GetAsync("/large", ("Accept-Encoding", encoding));
        using var small = await GetAsync("/health", ("Accept-Encoding", encoding));
        using var plain = await GetAsync("/large");

        large.Content.Headers.ContentEncoding.ShouldBe([encoding]);
        (await large.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length.ShouldBeLessThan(10_000);
        small.Content.Headers.ContentEncoding.ShouldBeEmpty();
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [Fact]
    public async Task ServiceInfo_ListsEveryRouteOnce()
    {
        using var response = await GetAsync("/");

        using var info = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        info.RootElement.GetProperty("service").GetString().ShouldBe("test");
        string?[] endpoints = [.. info.RootElement.GetProperty("endpoints").EnumerateArray().Select(static route => route.GetString())];
        endpoints.ShouldBeUnique();
        endpoints.ShouldContain("POST /bound");
        endpoints.ShouldContain("GET /health/ready");
    }

    [Fact]
    public async Task ClientThatHangsUp_StopsTheWork()
    {
        using var client = new CancellationTokenSource();
        var call = service.Client.GetAsync("/hang", client.Token);
        await service.Came.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await client.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);

        await service.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task RequestOverItsDeadline_IsATimeout()
    {
        await using var app = ServiceFixture.Build(
            new() { ["REQUEST_TIMEOUT_SECONDS"] = "1" },
            static app => app.MapGet("/slow", static (HttpContext context) => Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        using var response = await client.GetAsync("/slow", TestContext.Current.CancellationToken);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.Timeout);
    }

    [Fact]
    public async Task AnswerOverItsDeadline_IsBrokenOff()
    {
        await using var app = ServiceFixture.Build(new() { ["REQUEST_TIMEOUT_SECONDS"] = "1" }, static app => app.MapGet("/drip", static async (HttpContext context) =>
        {
            await context.Response.Body.WriteAsync("half"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted);
        }));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/drip", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/alive")]
    [InlineData("/health/ready")]
    public async Task Probes_OfAHealthyService_AreOk(string path)
    {
        using var response = await GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        health.RootElement.GetProperty("status").GetString().ShouldBe("ok");
    }

    private Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return service.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
