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
        answer.GetProperty("endpoints").EnumerateArray().Select(static endpoint => endpoint.GetString()).ShouldBe(
        [
            "GET /", "GET /alive", "POST /api/v1/analyze", "POST /api/v1/embed", "POST /api/v1/extract", "GET /api/v1/models", "POST /api/v1/represent",
            "POST /api/v1/verify", "POST /api/v1/find", "GET /api/v1/galleries", "GET /api/v1/galleries/{gallery}", "PUT /api/v1/galleries/{gallery}",
            "DELETE /api/v1/galleries/{gallery}", "POST /api/v1/galleries/{gallery}/search", "GET /api/v1/galleries/{gallery}/export",
            "POST /api/v1/galleries/{gallery}/import", "GET /api/v1/galleries/{gallery}/subjects", "GET /api/v1/galleries/{gallery}/subjects/{subject}",
            "PATCH /api/v1/galleries/{gallery}/subjects/{subject}", "DELETE /api/v1/galleries/{gallery}/subjects/{subject}",
            "POST /api/v1/galleries/{gallery}/subjects/{subject}/verify", "GET /api/v1/galleries/{gallery}/subjects/{subject}/faces",
            "POST /api/v1/galleries/{gallery}/subjects/{subject}/faces", "GET /api/v1/galleries/{gallery}/faces/{face}", "DELETE /api/v1/galleries/{gallery}/faces/{face}",
            "GET /api/v1/galleries/{gallery}/faces/{face}/thumbnail", "DELETE /api/v1/galleries/{gallery}/spaces/{space}", "GET /health", "GET /health/live", "GET /health/ready", "GET /openapi/v1.json",
        ], ignoreOrder: true);
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
    public async Task Ready_EmbeddedModels_ComesWithinSeconds()
    {
        await using var service = await StandaloneFixture.StartAsync();

        await BecomesAsync(service, HttpStatusCode.OK); // throws when it does not
    }

    [Fact]
    public async Task Terminate_RequestRunning_AnswersItAndExitsWithZero()
    {
        SharedMaterial.Require();
        await using var images = await ImageServer.StartAsync();
        await using var service = await StandaloneFixture.StartAsync(("ALLOW_PRIVATE_URLS", "true"));
        using var content = new StringContent($$"""{"img":"{{images.Address}}slow/3/img10.jpg"}""", new MediaTypeHeaderValue("application/json"));
        var call = service.Client.PostAsync("/api/v1/represent", content, TestContext.Current.CancellationToken);
        await images.Came.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await BecomesAsync(service, HttpStatusCode.OK);

        var exit = service.TerminateAsync(TestContext.Current.CancellationToken);
        await BecomesAsync(service, HttpStatusCode.ServiceUnavailable); // told, not found out by a refused connection

        using var response = await call;
        response.StatusCode.ShouldBe(HttpStatusCode.OK, service.Log);
        (await exit).ShouldBe(0, service.Log);
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

    [Theory]
    [InlineData("PORT=80\nthis is no assignment\n", null, ".env: line 2 is not of the form NAME=value")]
    [InlineData(null, "https://127.0.0.1:0", "The service cannot listen: ")] // no certificate
    [InlineData(null, "http://localhost:0", "The service cannot listen: ")]
    [InlineData(null, "nowhere", "ASPNETCORE_URLS: ")]
    public async Task Start_CannotListenAsTold_ExitsWithTwoAndALine(string? environmentFile, string? urls, string expected)
    {
        var (exitCode, output) = await ServiceProcess.RunToExitAsync(
            StandaloneFixture.Assembly,
            // Without the user's store of certificates: a developer's own would be one to listen with.
            urls is null ? [] : new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = urls, ["HOME"] = Path.Combine(Path.GetTempPath(), "faceaspire-nobody") },
            TestContext.Current.CancellationToken,
            environmentFile);

        exitCode.ShouldBe(2, output);
        output.Split('\n').ShouldContain(line => line.StartsWith(expected, StringComparison.Ordinal), output);
        output.ShouldNotContain("   at ");
    }

    /// <summary>Who wins: ASPNETCORE_URLS, HTTP_PORTS, HOST and PORT; the environment before the file, but nothing blank. Port 0 is one that the system picks.</summary>
    [Theory]
    [InlineData("", "http://127.0.0.1:0", "0", "", "http://127.0.0.1:")]
    [InlineData("", "", "0", "", "http://[::]:")]
    [InlineData("HTTP_PORTS=0\nPORT=1\n", "", "", "1", "http://[::]:")]
    [InlineData("HOST=127.0.0.1\nPORT=0\n", "", "", "", "http://127.0.0.1:")]
    [InlineData("ASPNETCORE_URLS=http://127.0.0.1:0\n", "", "", "1", "http://127.0.0.1:")]
    [InlineData("HOST=127.0.0.1\nPORT=1\n", "", "", "0", "http://127.0.0.1:")]
    public async Task Start_SeveralSayWhereToListen_TheStrongestWins(string environmentFile, string urls, string httpPorts, string port, string expected)
    {
        await using var service = await ServiceProcess.StartAsync(
            StandaloneFixture.Assembly,
            new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = urls, ["HTTP_PORTS"] = httpPorts, ["PORT"] = port, ["ASPNETCORE_HTTP_PORTS"] = "1" },
            TestContext.Current.CancellationToken,
            environmentFile);

        service.Client.BaseAddress!.ToString().ShouldStartWith(expected);
        service.Log.ShouldNotContain("Overriding HTTP_PORTS '1'"); // that of the base image
    }

    /// <summary>Asks for readiness until the answer is the one expected.</summary>
    private static async Task BecomesAsync(ServiceProcess service, HttpStatusCode expected)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        while (true)
        {
            using var response = await service.Client.GetAsync("/health/ready", limit.Token);
            if (response.StatusCode == expected)
            {
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
