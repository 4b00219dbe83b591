using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>The distributed run answers as Standalone does, to the last digit.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class SameAnswerTests(WholeSet whole)
{
    public static TheoryData<string> Drawn => [.. ApiRequests.Drawn.Keys];

    public static TheoryData<string> OfPhotos => [.. ApiRequests.OfPhotos.Keys];

    [Theory, MemberData(nameof(Drawn))]
    public Task Answer_DrawnPictures_IsStandalones(string request) => CompareAsync(ApiRequests.Drawn[request]);

    [Theory, MemberData(nameof(OfPhotos))]
    public Task Answer_Photos_IsStandalones(string request)
    {
        SharedMaterial.Require();
        return CompareAsync(ApiRequests.OfPhotos[request]);
    }

    [Fact]
    public async Task Info_Endpoints_AreStandalones()
    {
        string[] ours = await EndpointsAsync(whole.Client);

        ours.ShouldContain("POST /api/v1/verify");
        ours.ShouldBe(await EndpointsAsync(whole.Standalone.Client));
    }

    [Fact]
    public async Task Readiness_AllServices_IsOkAndNamesThem()
    {
        var answer = await whole.Client.GetFromJsonAsync<JsonElement>("/health/ready", TestContext.Current.CancellationToken);

        answer.GetProperty("status").GetString().ShouldBe("ok");
        answer.GetProperty("checks").EnumerateObject().ToDictionary(static check => check.Name, static check => check.Value.GetString()).ShouldBe(
            new Dictionary<string, string?> { [WholeSet.Detection] = "ok", [WholeSet.Recognition] = "ok", [WholeSet.Attributes] = "ok" }, ignoreOrder: true);
    }

    private async Task CompareAsync(ApiRequest request)
    {
        var expected = await ApiAnswer.AskAsync(whole.Standalone.Client, request.Make());
        var answer = await ApiAnswer.AskAsync(whole.Client, request.Make());

        expected.Status.ShouldBe(request.Status, expected.Body);
        answer.Comparable.ShouldBe(expected.Comparable);
        (answer.Cache is null).ShouldBe(expected.Cache is null, "both tell of the cache, or neither");
    }

    private static async Task<string[]> EndpointsAsync(HttpClient client)
    {
        var info = await client.GetFromJsonAsync<JsonElement>("/", TestContext.Current.CancellationToken);
        return [.. info.GetProperty("endpoints").EnumerateArray().Select(static endpoint => endpoint.GetString()!)];
    }
}
