using FaceAspire.Tests.EndToEnd.Local;
using FaceAspire.Tests.EndToEnd.Telemetry;

namespace FaceAspire.Tests.EndToEnd;

/// <summary>The detection service in its own process, with the manifest's environment.</summary>
public sealed class DetectionServiceTests(DetectionFixture fixture) : IClassFixture<DetectionFixture>
{
    [Fact]
    public async Task Extract_SamplePicture_FindsItsFace() =>
        (await SamplePictures.CountFacesAsync(fixture.Detection.Client, "anna.jpg", TestContext.Current.CancellationToken)).ShouldBe(1, fixture.Detection.Log);

    [Fact]
    public async Task Listening_ManifestNamesAPort_IsOnLoopbackOnly() =>
        (await fixture.Detection.WaitForLineAsync("Now listening on", TestContext.Current.CancellationToken)).ShouldContain($"http://127.0.0.1:{fixture.Detection.Port}");

    [Fact]
    public async Task Terminate_Ready_ExitsWithZero()
    {
        await using var set = await LocalSet.StartOnlyAsync(LocalSet.Options, DetectionFixture.Name);
        var detection = set[DetectionFixture.Name];

        (await detection.TerminateAsync(TestContext.Current.CancellationToken)).ShouldBe(0, detection.Log);
        detection.Death.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Telemetry_EndpointSet_ComesUnderTheServicesName()
    {
        await using var receiver = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken);
        var options = LocalSet.Options with { Variables = new Dictionary<string, IReadOnlyDictionary<string, string?>> { [DetectionFixture.Name] = receiver.Variables } };
        await using var set = await LocalSet.StartOnlyAsync(options, DetectionFixture.Name);

        await SamplePictures.CountFacesAsync(set[DetectionFixture.Name].Client, "anna.jpg", TestContext.Current.CancellationToken);

        await receiver.WaitAsync(
            static received => received.Spans.Any(static span => span is { Service: DetectionFixture.Name, Name: "POST /api/v1/extract", ParentId: "" })
                && received.Metrics.Any(static metric => metric is { Service: DetectionFixture.Name, Name: "http.server.request.duration", Unit: "s" })
                && received.Logs.Any(static log => log.Service == DetectionFixture.Name),
            TestContext.Current.CancellationToken);
        var request = receiver.Spans.Single(static span => span.Name == "POST /api/v1/extract");
        receiver.Spans.ShouldContain(span => span.TraceId == request.TraceId && span.ParentId == request.SpanId, "a step of the work under the request");
    }
}
