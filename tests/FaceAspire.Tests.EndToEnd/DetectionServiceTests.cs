using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FaceAspire.Local;
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

    [Theory]
    [InlineData(OtlpReceiver.HttpProtobuf)]
    [InlineData(OtlpReceiver.Grpc)]
    public async Task Telemetry_EndpointSet_ComesUnderTheServicesName(string protocol)
    {
        await using var receiver = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken, protocol);
        await using var set = await LocalSet.StartOnlyAsync(With(receiver.Variables), DetectionFixture.Name);

        await SamplePictures.CountFacesAsync(set[DetectionFixture.Name].Client, "anna.jpg", TestContext.Current.CancellationToken);

        await receiver.WaitAsync(
            static received => received.Spans.Any(static span => span is { Service: DetectionFixture.Name, Name: "POST /api/v1/extract", ParentId: "" })
                && received.Metrics.Any(static metric => metric is { Service: DetectionFixture.Name, Name: "http.server.request.duration", Unit: "s" })
                && received.Logs.Any(static log => log.Service == DetectionFixture.Name),
            TestContext.Current.CancellationToken);
        var request = receiver.Spans.Single(static span => span.Name == "POST /api/v1/extract");
        receiver.Spans.ShouldContain(span => span.TraceId == request.TraceId && span.ParentId == request.SpanId, "a step of the work under the request");
    }

    [Theory]
    [InlineData(OtlpReceiver.HttpProtobuf)]
    [InlineData(OtlpReceiver.Grpc)]
    public async Task Telemetry_EndpointTakesConnectionsAndNeverAnswers_HoldsNoRequestUp(string protocol)
    {
        // The exporter waits ten seconds for it, again and again; an answer that had to wait for the exporter would take as long.
        const double MostSeconds = 5;
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var variables = new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{silent.LocalEndpoint}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "50",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
        };
        await using var set = await LocalSet.StartOnlyAsync(With(variables), DetectionFixture.Name);
        var detection = set[DetectionFixture.Name];
        using var exporter = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken); // it does export

        for (int i = 0; i < 20; i++)
        {
            long start = Stopwatch.GetTimestamp();
            (await SamplePictures.CountFacesAsync(detection.Client, "anna.jpg", TestContext.Current.CancellationToken)).ShouldBe(1);
            Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(MostSeconds, detection.Log);
        }

        // Refused instead of kept waiting, the exporter lets the service end at once.
        silent.Stop();
        exporter.Close();
    }

    private static DistributedSetOptions With(IReadOnlyDictionary<string, string?> variables) => LocalSet.Options with
    {
        Variables = new Dictionary<string, IReadOnlyDictionary<string, string?>> { [DetectionFixture.Name] = variables },
    };
}
