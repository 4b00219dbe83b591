using System.Net;
using System.Text.Json;

namespace FaceAspire.Edge.Tests;

public sealed class PathBaseTests(GuardedFixture guarded) : IClassFixture<GuardedFixture>
{
    [Theory]
    [InlineData("/faces")]
    [InlineData("/faces/")]
    [InlineData("/faces/health")]
    [InlineData("/health")] // some proxies take the path off, and probes come past them
    [InlineData("/faces/scalar/")]
    [InlineData("/faces/scalar/scalar.js")]
    public async Task PublicPath_UnderTheBase_IsAnswered(string path)
    {
        using var response = await guarded.Service.SendAsync("GET", path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Models_UnderTheBase_AreAnswered()
    {
        using var response = await guarded.Service.SendAsync("GET", "/faces/api/v1/models", ("X-API-Key", EdgeProcess.ReadKey));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/faces/openapi/v1.json")]
    [InlineData("/openapi/v1.json")]
    public async Task OpenApi_UnderTheBase_NamesItAsServer(string path)
    {
        string text = await guarded.Service.Client.GetStringAsync(path, TestContext.Current.CancellationToken);

        using var document = JsonDocument.Parse(text);
        document.RootElement.GetProperty("servers").EnumerateArray().ShouldHaveSingleItem().GetProperty("url").GetString().ShouldBe("/faces");
    }

    [Fact]
    public async Task NotFound_UnderTheBase_NamesTheWholePath()
    {
        using var response = await guarded.Service.SendAsync("GET", "/faces/api/v1/nothing", ("X-API-Key", EdgeProcess.ReadKey));

        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("/faces/api/v1/nothing");
    }
}
