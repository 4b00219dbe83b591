using FaceAspire.Tests.EndToEnd.Local;
using FaceAspire.Tests.EndToEnd.Telemetry;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>One request is one trace, through every process and Redis.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class TraceTests(WholeSet whole)
{
    [Fact]
    public Task Verify_TwoUnseenPictures_IsOneTraceOfAllServices() => whole.WithRedisAsync(async () =>
    {
        var answer = await ApiAnswer.PostAsync(whole.Client, "/api/v1/verify", new
        {
            img1 = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg")),
            img2 = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")),
        });
        (answer.Status, answer.Cache).ShouldBe(("200", "miss"), answer.Body);

        // Each picture on its own: asked for in Redis, its faces fetched from detection, embedded, stored. Only the comparison has both.
        const string Asked = "recognition POST /api/v1/verify";
        string[] expected =
        [
            "gateway POST /api/v1/verify",
            "gateway POST /api/v1/verify > gateway proxy.forwarder",
            "gateway proxy.forwarder > gateway POST",
            $"gateway POST > {Asked}",
            .. Twice(
                $"{Asked} > recognition HMGET",
                $"{Asked} > recognition HGET",
                $"{Asked} > recognition POST",
                "recognition POST > detection POST /internal/v1/faces",
                "detection POST /internal/v1/faces > detection decode",
                "detection POST /internal/v1/faces > detection detect",
                "detection detect > detection run",
                "detection POST /internal/v1/faces > detection align",
                $"{Asked} > recognition embed",
                "recognition embed > recognition run",
                $"{Asked} > recognition HMSET",
                $"{Asked} > recognition EXPIRE"),
            $"{Asked} > recognition compare",
        ];
        await WaitForStepsAsync(answer.RequestId, expected);
    });

    [Fact]
    public async Task Verify_TwoPicturesSeenBefore_AsksOnlyMemory()
    {
        object body = new { img1 = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg")), img2 = SamplePictures.DataUri(SamplePictures.Unseen("anna-leaning.jpg")) };
        await ApiAnswer.PostAsync(whole.Client, "/api/v1/verify", body);

        var answer = await ApiAnswer.PostAsync(whole.Client, "/api/v1/verify", body);

        answer.Cache.ShouldBe("hit");
        await WaitForStepsAsync(answer.RequestId,
        [
            "gateway POST /api/v1/verify",
            "gateway POST /api/v1/verify > gateway proxy.forwarder",
            "gateway proxy.forwarder > gateway POST",
            "gateway POST > recognition POST /api/v1/verify",
            "recognition POST /api/v1/verify > recognition compare",
        ]);
    }

    [Fact]
    public async Task Analyze_Picture_IsOneTraceOfItsServices()
    {
        var answer = await ApiAnswer.PostAsync(whole.Client, "/api/v1/analyze", new { img = SamplePictures.DataUri(SamplePictures.Bytes("anna.jpg")) });

        await WaitForStepsAsync(answer.RequestId,
        [
            "gateway POST /api/v1/analyze",
            "gateway POST /api/v1/analyze > gateway proxy.forwarder",
            "gateway proxy.forwarder > gateway POST",
            "gateway POST > attributes POST /api/v1/analyze",
            "attributes POST /api/v1/analyze > attributes POST",
            "attributes POST > detection POST /internal/v1/faces",
            "detection POST /internal/v1/faces > detection decode",
            "detection POST /internal/v1/faces > detection detect",
            "detection detect > detection run",
            "detection POST /internal/v1/faces > detection align",
            "attributes POST /api/v1/analyze > attributes run",
        ]);
    }

    [Fact]
    public Task Represent_UnseenPicture_TellsKindsModelsAndFaces() => whole.WithRedisAsync(async () =>
    {
        var answer = await ApiAnswer.PostAsync(whole.Client, "/api/v1/represent", new { img = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")) });
        (string Key, string Value)[] answered = [("request.id", answer.RequestId), ("http.response.status_code", "200")];

        const int Inside = 1, Server = 2, Client = 3; // kinds of opentelemetry-proto
        var expected = new Dictionary<string, (int Kind, (string Key, string Value)[] Attributes)>
        {
            ["gateway POST /api/v1/represent"] = (Server, answered),
            ["gateway proxy.forwarder"] = (Server, [("proxy.cluster_id", WholeSet.Recognition)]),
            ["gateway POST"] = (Client, [("http.response.status_code", "200")]),
            ["recognition POST /api/v1/represent"] = (Server, answered),
            ["recognition HMSET"] = (Client, [("db.system", "redis"), ("db.statement", "HMSET")]),
            ["recognition POST"] = (Client, [("http.response.status_code", "200")]),
            ["recognition embed"] = (Inside, [("model", "FaceLite"), ("faces", "1")]),
            ["recognition run"] = (Inside, [("model", "FaceLite"), ("batch", "1")]),
            ["detection POST /internal/v1/faces"] = (Server, answered),
            ["detection decode"] = (Inside, [("width", "480"), ("height", "480")]),
            ["detection detect"] = (Inside, [("detector", "facelite"), ("faces", "1")]),
            ["detection run"] = (Inside, [("model", "facelite"), ("batch", "1")]),
        };
        await whole.Telemetry.WaitAsync(
            received => !expected.Keys.Except(TraceOf(received, answer.RequestId).Select(static span => $"{span.Service} {span.Name}")).Any(),
            TestContext.Current.CancellationToken);
        foreach (var span in TraceOf(whole.Telemetry, answer.RequestId))
        {
            if (expected.TryGetValue($"{span.Service} {span.Name}", out var wanted))
            {
                span.Kind.ShouldBe(wanted.Kind, span.Name);
                foreach (var (key, value) in wanted.Attributes)
                {
                    span.Attributes.ShouldContainKeyAndValue(key, value, span.Name);
                }
            }
        }
    });

    /// <summary>Waits until the trace of a request has exactly these steps: <c>parent &gt; child</c>, each with its service before its name.</summary>
    private async Task WaitForStepsAsync(string requestId, string[] expected)
    {
        try
        {
            await whole.Telemetry.WaitAsync(received => StepsOf(received, requestId).Count >= expected.Length, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            // Says below what is missing.
        }

        StepsOf(whole.Telemetry, requestId).ShouldBe(expected, ignoreOrder: true);
    }

    private static List<string> StepsOf(OtlpReceiver received, string requestId)
    {
        var spans = TraceOf(received, requestId);
        var names = spans.ToDictionary(static span => span.SpanId, static span => $"{span.Service} {span.Name}");
        return
        [
            .. spans
                .Where(static span => span.Name != "CLIENT") // the Redis client introduces itself once, in whatever request comes first
                .Select(span => span.ParentId.Length == 0 ? names[span.SpanId] : $"{names.GetValueOrDefault(span.ParentId, "nobody")} > {names[span.SpanId]}"),
        ];
    }

    /// <summary>Everything that came under the trace of a request; nothing before the gateway's own span has come, which is its last.</summary>
    private static List<ReceivedSpan> TraceOf(OtlpReceiver received, string requestId)
    {
        var spans = received.Spans;
        var root = spans.FirstOrDefault(span => span.Service == "gateway" && span.Attributes.GetValueOrDefault("request.id") == requestId);
        return root is null ? [] : [.. spans.Where(span => span.TraceId == root.TraceId)];
    }

    private static string[] Twice(params string[] steps) => [.. steps, .. steps];
}
