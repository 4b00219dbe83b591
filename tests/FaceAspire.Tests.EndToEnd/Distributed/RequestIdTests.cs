using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceAspire.Local;
using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>A request has one id, from the edge to the last service's lines.</summary>
[Collection(WholeSetGroup.Name)]
public sealed partial class RequestIdTests(WholeSet whole)
{
    private const string Header = "X-Request-Id";

    [Theory]
    [InlineData("/api/v1/represent", WholeSet.Gateway, WholeSet.Recognition, WholeSet.Detection)]
    [InlineData("/api/v1/analyze", WholeSet.Gateway, WholeSet.Attributes, WholeSet.Detection)]
    [InlineData("/api/v1/extract", WholeSet.Gateway, WholeSet.Detection)]
    public async Task RequestId_Given_IsInTheAnswerAndOnEveryLineOfEveryService(string route, params string[] services)
    {
        string id = NewId();

        var answer = await ApiAnswer.PostAsync(whole.Client, route, new { img = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg")) }, (Header, id));

        answer.Status.ShouldBe("200", answer.Body);
        answer.RequestId.ShouldBe(id);
        await ShouldBeOnLinesAsync(id, services);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not/usable")]
    [InlineData("with space")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task RequestId_NotUsable_IsMadeAtTheEdgeAndGoesAlong(string? given)
    {
        using var request = ApiAnswer.Json("/api/v1/represent", new { img = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")) });
        if (given is not null)
        {
            request.Headers.TryAddWithoutValidation(Header, given).ShouldBeTrue();
        }

        var answer = await ApiAnswer.AskAsync(whole.Client, request);

        answer.RequestId.ShouldMatch("^[0-9a-f]{12}$");
        await ShouldBeOnLinesAsync(answer.RequestId, WholeSet.Gateway, WholeSet.Recognition, WholeSet.Detection);
    }

    [Fact]
    public async Task RequestId_ErrorOfTheLastService_IsInTheEnvelope()
    {
        string id = NewId();
        using var request = ApiAnswer.Json("/api/v1/represent", new { img = SamplePictures.DataUri("not a picture at all"u8.ToArray()) });
        request.Headers.Add(Header, id);

        using var response = await whole.Client.SendAsync(request, TestContext.Current.CancellationToken);

        (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("request_id").GetString().ShouldBe(id);
        await ShouldBeOnLinesAsync(id, WholeSet.Gateway, WholeSet.Recognition, WholeSet.Detection);
    }

    [Fact]
    public async Task RequestId_DetectionDown_IsOnTheLineOfTheSharedComputation()
    {
        string id = NewId();
        var detection = whole.Set[WholeSet.Detection];
        await detection.KillAsync();
        try
        {
            var answer = await ApiAnswer.PostAsync(whole.Client, "/api/v1/represent", new { img = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg")) }, (Header, id));

            answer.Status.ShouldBe("503 service_unavailable", answer.Body);
            await ShouldBeOnLinesAsync(id, WholeSet.Gateway, WholeSet.Recognition);
            LinesOf(whole.Set[WholeSet.Recognition]).ShouldContain(
                line => line.RequestId == id && line.Text.Contains("Detection cannot be reached", StringComparison.Ordinal), "said on a thread of the cache's");
        }
        finally
        {
            detection.Start();
            await detection.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Each service has a line with the id, and no line of ours in the request's trace is without it. The server has lines of its own before and after the request.</summary>
    private async Task ShouldBeOnLinesAsync(string id, params string[] services)
    {
        string? trace = null;
        foreach (string name in services)
        {
            var service = whole.Set[name];
            await service.WaitForLineAsync($"\"request_id\":\"{id}\"", TestContext.Current.CancellationToken);
            var line = LinesOf(service).First(line => line.RequestId == id);
            trace ??= line.TraceId;
            line.TraceId.ShouldBe(trace.ShouldNotBeNull(), line.Text);
        }

        foreach (var line in whole.Set.Services.SelectMany(LinesOf).Where(line => line.TraceId == trace && line.Text.Contains("\"logger\":\"FaceAspire.", StringComparison.Ordinal)))
        {
            line.RequestId.ShouldBe(id, line.Text);
        }
    }

    private static IEnumerable<LogLine> LinesOf(ServiceReplica service) => service.Lines.Select(static line =>
        new LogLine(line, TraceId().Match(line).Groups[1].Value, RequestId().Match(line).Groups[1].Value));

    private static string NewId() => $"test-{Guid.NewGuid():N}";

    [GeneratedRegex("\"trace_id\":\"([0-9a-f]+)\"")]
    private static partial Regex TraceId();

    [GeneratedRegex("\"request_id\":\"([^\"]+)\"")]
    private static partial Regex RequestId();

    private sealed record LogLine(string Text, string TraceId, string RequestId);
}
