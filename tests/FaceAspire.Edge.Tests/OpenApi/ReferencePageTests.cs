using System.Net;
using System.Text.RegularExpressions;

namespace FaceAspire.Edge.Tests.OpenApi;

public sealed partial class ReferencePageTests(OpenFixture open) : IClassFixture<OpenFixture>
{
    [Fact]
    public async Task Scalar_Page_RefersToNothingOutsideTheHost()
    {
        using var response = await open.Service.SendAsync("GET", "/scalar/");
        string page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        page.ShouldNotContain("//"); // neither http:// nor https:// nor a bare //host
        page.ShouldContain("openapi/v1.json");
        page.ShouldContain("\"telemetry\":false");
        page.ShouldContain("\"withDefaultFonts\":false");
        foreach (Match source in Source().Matches(page))
        {
            using var script = await open.Service.SendAsync("GET", $"/scalar/{source.Groups[1].Value}");
            script.StatusCode.ShouldBe(HttpStatusCode.OK, source.Value);
            (await script.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length.ShouldBeGreaterThan(500);
        }

        Source().Count(page).ShouldBe(2);
    }

    [Fact]
    public async Task Scalar_Page_ForbidsTheBrowserEveryOtherHost()
    {
        using var response = await open.Service.SendAsync("GET", "/scalar/");
        string page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        var rules = policy.Split(';', StringSplitOptions.TrimEntries).Select(static rule => rule.Split(' ')).ToDictionary(static rule => rule[0], static rule => rule[1..]);
        rules["default-src"].ShouldBe(["'none'"]);
        rules["connect-src"].ShouldBe(["'self'"]);
        rules.Values.SelectMany(static sources => sources).ShouldAllBe(source => source.StartsWith('\'') || source == "data:" || source == "blob:");
        string nonce = rules["script-src"].Single(static source => source.StartsWith("'nonce-", StringComparison.Ordinal))["'nonce-".Length..^1];
        nonce.Length.ShouldBeGreaterThan(15);
        Regex.Count(page, "<script ").ShouldBe(Regex.Count(page, $"nonce=\"{Regex.Escape(WebUtility.HtmlEncode(nonce))}\""), page);
    }

    [Fact]
    public async Task Scalar_WithoutSlash_LeadsToThePageBesideIt()
    {
        using var response = await open.Service.SendAsync("GET", "/scalar"); // the client follows

        response.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/scalar/");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Source();
}
