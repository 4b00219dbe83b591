using System.Net;
using System.Net.Http.Headers;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

public sealed class LifecycleTests(StandaloneFixture standalone)
{
    [Fact]
    public async Task Root_AskedWithARequestId_ListsTheRoutesAndKeepsTheId()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Request-Id", "my-id.42");

        using var response = await standalone.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = (await ApiCalls.ReadAsync(response)).Answer;

        response.Headers.GetValues("X-Request-Id").ShouldBe(["my-id.42"]);
        answer.GetProperty("service").GetString().ShouldBe("faceaspire");
        answer.GetProperty("endpoints").EnumerateArray().Select(static endpoint => endpoint.GetString()).ShouldBeSubsetOf(
        [
            "GET /", "GET /alive", "POST /api/v1/analyze", "POST /api/v1/embed", "POST /api/v1/extract", "GET /api/v1/models", "POST /api/v1/represent",
            "POST /api/v1/verify", "GET /health", "GET /health/live", "GET /health/ready",
        ]);
        await standalone.Service.WaitForLogAsync("\"request_id\":\"my-id.42\"", TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/alive")]
    public async Task Health_Running_IsOk(string route)
    {
        using var response = await standalone.Client.GetAsync(route, TestContext.Current.CancellationToken);

        (await ApiCalls.ReadAsync(response)).Answer.GetProperty("status").GetString().ShouldBe("ok");
    }

    [Fact]
    public async Task Ready_WithWeights_ComesWithinSeconds()
    {
        SharedMaterial.Require();
        await using var service = await StandaloneFixture.StartAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(15));

        HttpStatusCode status;
        do
        {
            using var response = await service.Client.GetAsync("/health/ready", limit.Token);
            status = response.StatusCode;
        }
        while (status != HttpStatusCode.OK);

        status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Terminate_RequestRunning_AnswersItAndExitsWithZero()
    {
        SharedMaterial.Require();
        await using var images = await ImageServer.StartAsync();
        await using var service = await StandaloneFixture.StartAsync(("ALLOW_PRIVATE_URLS", "true"));
        using var content = new StringContent($$"""{"img":"{{images.Address}}slow/3/img10.jpg"}""", new MediaTypeHeaderValue("application/json"));
        var call = service.Client.PostAsync("/api/v1/represent", content, TestContext.Current.CancellationToken);
        await WaitForConnectionAsync(service);

        int exitCode = await service.TerminateAsync(TestContext.Current.CancellationToken);

        using var response = await call;
        response.StatusCode.ShouldBe(HttpStatusCode.OK, service.Log);
        exitCode.ShouldBe(0, service.Log);
    }

    [Fact]
    public async Task Start_WrongSettings_ExitsWithTwoAndALineForEach()
    {
        var (exitCode, output) = await ServiceProcess.RunToExitAsync(
            StandaloneFixture.Assembly,
            new Dictionary<string, string?>
            {
                ["PORT"] = "http",
                ["MAX_IMAGE_PIXELS"] = "12",
                ["GPU_DEVICE"] = "big",
                ["LOG_FORMAT"] = "xml",
                ["DEFAULT_MODEL"] = "nobody",
                ["DEFAULT_METRIC"] = "far",
                ["MAX_IMAGE_BYTES"] = "",
                ["IMAGE_PATH_ROOTS"] = "/no/such/folder",
            },
            TestContext.Current.CancellationToken);

        exitCode.ShouldBe(2, output);
        string[] lines = output.Split('\n');
        foreach (string variable in (string[])["PORT", "MAX_IMAGE_PIXELS", "GPU_DEVICE", "LOG_FORMAT", "DEFAULT_MODEL", "DEFAULT_METRIC", "IMAGE_PATH_ROOTS"])
        {
            lines.Count(line => line.StartsWith($"{variable}: ", StringComparison.Ordinal)).ShouldBe(1, output);
        }

        output.ShouldNotContain("   at ");
        output.ShouldNotContain("MAX_IMAGE_BYTES");
    }

    [Fact]
    public async Task Start_PortInUse_ExitsWithOneAndALine()
    {
        var (exitCode, output) = await ServiceProcess.RunToExitAsync(
            StandaloneFixture.Assembly,
            new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = standalone.Client.BaseAddress!.ToString() },
            TestContext.Current.CancellationToken);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("in use");
        output.ShouldNotContain("   at ");
    }

    /// <summary>The request is in the service as soon as the service says that it is not idle: another one is answered while it runs.</summary>
    private static async Task WaitForConnectionAsync(ServiceProcess service)
    {
        using var response = await service.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
