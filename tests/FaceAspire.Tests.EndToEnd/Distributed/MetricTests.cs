using FaceAspire.Tests.EndToEnd.Local;
using FaceAspire.Tests.EndToEnd.Telemetry;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>Each service tells the figures of its own work, in the units of OpenTelemetry.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class MetricTests(WholeSet whole)
{
    [Fact]
    public async Task Metrics_AfterVerifyAndAnalyze_ComeFromTheServicesThatMeasureThem()
    {
        string anna = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg"));
        (await ApiAnswer.PostAsync(whole.Client, "/api/v1/verify", new { img1 = anna, img2 = anna })).Status.ShouldBe("200");
        (await ApiAnswer.PostAsync(whole.Client, "/api/v1/analyze", new { img = anna })).Status.ShouldBe("200");

        ReceivedMetric[] expected =
        [
            new(WholeSet.Detection, "faceaspire.inference.duration", "s"),
            new(WholeSet.Recognition, "faceaspire.inference.duration", "s"),
            new(WholeSet.Attributes, "faceaspire.inference.duration", "s"),
            new(WholeSet.Detection, "faceaspire.detection.faces", "{face}"),
            new(WholeSet.Detection, "faceaspire.compute.queue.length", "{request}"),
            new(WholeSet.Recognition, "faceaspire.compute.queue.length", "{request}"),
            new(WholeSet.Attributes, "faceaspire.compute.queue.length", "{request}"),
            new(WholeSet.Recognition, "faceaspire.embedding_cache.requests", "{picture}"),
        ];
        await whole.Telemetry.WaitAsync(received => expected.All(received.Metrics.Contains), TestContext.Current.CancellationToken);
        whole.Telemetry.Metrics.Where(static metric => metric.Name.StartsWith("faceaspire.", StringComparison.Ordinal)).Distinct().ShouldBe(expected, ignoreOrder: true);
        foreach (string service in (string[])["gateway", WholeSet.Detection, WholeSet.Recognition, WholeSet.Attributes])
        {
            whole.Telemetry.Metrics.ShouldContain(new ReceivedMetric(service, "http.server.request.duration", "s"));
            whole.Telemetry.Metrics.ShouldContain(new ReceivedMetric(service, "dotnet.gc.collections", "{collection}"));
        }
    }
}
