using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>Who can reach what: only this machine anything, and through the gateway only the API.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class ListeningTests(WholeSet whole)
{
    private const string Internal = "/internal/v1/faces";

    [Fact]
    public void Sockets_OfEveryProcess_ListenAtLoopbackOnly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux shows the sockets of a process");
        var expected = whole.Set.Services.ToDictionary(static service => service.Name, static service => (service.ProcessId, service.Port));
        if (whole.Set.Cache.ProcessId is { } redis)
        {
            expected["cache"] = (redis, whole.Set.Cache.Port);
        }

        expected["standalone"] = (whole.Standalone.Id, whole.Standalone.Client.BaseAddress!.Port);
        foreach (var (name, (process, port)) in expected)
        {
            ListeningSockets.Of(process).ShouldBe([$"127.0.0.1:{port}"], name);
        }
    }

    [Theory]
    [InlineData(Internal)]
    [InlineData(Internal + "?detector=facelite")]
    [InlineData("/api/v1/extract/../../../internal/v1/faces")]
    [InlineData("/api/v1/extract/..%2f..%2f..%2finternal/v1/faces")]
    public async Task Internal_ThroughTheGateway_IsNotFound(string path)
    {
        using var content = new ByteArrayContent(SamplePictures.Bytes("anna.jpg"));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };

        (await ApiAnswer.AskAsync(whole.Client, request)).Status.ShouldBe("404 not_found");
    }

    [Fact]
    public async Task Internal_AtDetectionItself_IsThere()
    {
        using var content = new ByteArrayContent([]);
        using var response = await whole.Set[WholeSet.Detection].Client.PostAsync(Internal, content, TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(422, "its own refusal, not that of a route that does not exist: else the gateway's 404 would say nothing");
    }
}
