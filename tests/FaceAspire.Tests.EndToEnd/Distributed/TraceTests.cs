using FaceAspire.Tests.EndToEnd.Local;
using FaceAspire.Tests.EndToEnd.Telemetry;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>One request is one trace, through every process and Redis.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class TraceTests(WholeSet whole)
{
    [Fact]
    public async Task Verify_TwoUnseenPictures_IsOneTraceOfAllServices()
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
    }

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
    public async Task Verify_Picture_TellsModelsFacesAndKinds()
    {
        var answer = await ApiAnswer.PostAsync(whole.Client, "/api/v1/represent", new { img = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")) });
        await whole.Telemetry.WaitAsync(received => TraceOf(received, answer.RequestId).Exists(static span => span.Name == "HMSET"), TestContext.Current.CancellationToken);
        var spans = TraceOf(whole.Telemetry, answer.RequestId).ToDictionary(static span => $"{span.Service} {span.Name}");

        // Kinds of opentelemetry-proto: 1 internal, 2 server, 3 client.
        Tell("detection decode", kind: 1, ("width", "480"), ("height", "480"));
        Tell("detection detect", kind: 1, ("detector", "facelite"), ("faces", "1"));
        Tell("detection run", kind: 1, ("model", "facelite"), ("batch", "1"));
        Tell("recognition embed", kind: 1, ("model", "FaceLite"), ("faces", "1"));
        Tell("recognition run", kind: 1, ("model", "FaceLite"), ("batch", "1"));
        Tell("recognition HMSET", kind: 3, ("db.system", "redis"), ("db.statement", "HMSET"));
        Tell("recognition POST", kind: 3, ("http.response.status_code", "200"));
        Tell("gateway POST", kind: 3, ("http.response.status_code", "200"));
        Tell("gateway proxy.forwarder", kind: 2, ("proxy.cluster_id", "recognition"));
        foreach (string server in (string[])["gateway POST /api/v1/represent", "recognition POST /api/v1/represent", "detection POST /internal/v1/faces"])
        {
            Tell(server, kind: 2, ("request.id", answer.RequestId), ("http.response.status_code", "200"));
        }

        void Tell(string name, int kind, params ReadOnlySpan<(string Key, string Value)> attributes)
        {
            spans[name].Kind.ShouldBe(kind, name);
            foreach (var (key, value) in attributes)
            {
                spans[name].Attributes.ShouldContainKeyAndValue(key, value, name);
            }
        }
    }

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
