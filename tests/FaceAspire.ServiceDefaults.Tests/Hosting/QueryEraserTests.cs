using System.Diagnostics;
using FaceAspire.ServiceDefaults.Hosting;

namespace FaceAspire.ServiceDefaults.Tests.Hosting;

public sealed class QueryEraserTests
{
    [Theory]
    [InlineData("https://photos.example/a.jpg?signature=secret", "https://photos.example/a.jpg")]
    [InlineData("https://photos.example/a.jpg?", "https://photos.example/a.jpg")]
    [InlineData("https://photos.example/a.jpg", "https://photos.example/a.jpg")]
    public void OnEnd_SpanWithAUrl_KeepsThePathOnly(string url, string expected)
    {
        using var eraser = new QueryEraser();
        using var activity = new Activity("GET").SetTag("url.full", url).SetTag("url.query", "?signature=secret").SetTag("url.path", "/a.jpg");

        eraser.OnEnd(activity);

        activity.TagObjects.ToDictionary().ShouldBe(new Dictionary<string, object?> { ["url.full"] = expected, ["url.path"] = "/a.jpg" }, ignoreOrder: true);
    }

    [Fact]
    public void OnEnd_SpanWithoutUrls_LeavesItAlone()
    {
        using var eraser = new QueryEraser();
        using var activity = new Activity("decode").SetTag("width", 3);

        eraser.OnEnd(activity);

        activity.TagObjects.ShouldBe([new("width", 3)]);
    }
}
