using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FaceAspire.Tests.EndToEnd.Telemetry;

/// <summary>What OpenTelemetry's own exporter writes is read as it was meant.</summary>
public sealed partial class OtlpReceiverTests
{
    private const string Service = "sender";

    [Fact]
    public async Task Spans_ParentAndChild_AreReadWithIdsKindAndAttributes()
    {
        await using var receiver = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken);
        using var source = new ActivitySource("FaceAspire.Test.Spans");
        string traceId, parentId, childId;
        using (var provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(Service))
            .AddSource(source.Name)
            .AddOtlpExporter(options => Send(options, receiver, "v1/traces"))
            .Build())
        {
            using (var parent = source.StartActivity("parent", ActivityKind.Server).ShouldNotBeNull())
            {
                using var child = source.StartActivity("child", ActivityKind.Client).ShouldNotBeNull();
                child.SetTag("faces", 3).SetTag("model", "FaceLite").SetTag("ratio", 0.5).SetTag("cached", true).SetTag("sizes", new[] { 1, 2 });
                (traceId, parentId, childId) = (parent.TraceId.ToHexString(), parent.SpanId.ToHexString(), child.SpanId.ToHexString());
            }

            provider.ForceFlush().ShouldBeTrue();
        }

        var spans = receiver.Spans.ToDictionary(static span => span.Name);
        spans.Keys.ShouldBe(["parent", "child"], ignoreOrder: true);
        spans["parent"].ShouldSatisfyAllConditions(
            span => span.ParentId.ShouldBe(""),
            span => span.Kind.ShouldBe(2), // SERVER of opentelemetry-proto
            span => (span.TraceId, span.SpanId).ShouldBe((traceId, parentId)));
        spans["child"].ShouldSatisfyAllConditions(
            span => (span.Service, span.TraceId, span.SpanId, span.ParentId, span.Kind).ShouldBe((Service, traceId, childId, parentId, 3)),
            span => span.Duration.ShouldBeLessThanOrEqualTo(spans["parent"].Duration),
            span => span.Attributes.ShouldBe(new Dictionary<string, string> { ["faces"] = "3", ["model"] = "FaceLite", ["ratio"] = "0.5", ["cached"] = "true", ["sizes"] = "1,2" }, ignoreOrder: true));
    }

    [Fact]
    public async Task Metrics_CounterAndHistogram_AreReadWithNamesAndUnits()
    {
        await using var receiver = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken);
        using var meter = new Meter("FaceAspire.Test.Metrics");
        using (var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(Service))
            .AddMeter(meter.Name)
            .AddOtlpExporter((options, reader) =>
            {
                Send(options, receiver, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 60_000;
            })
            .Build())
        {
            meter.CreateCounter<long>("faces", "{face}").Add(2);
            meter.CreateHistogram<double>("inference.duration", "s").Record(0.25);
            provider.ForceFlush().ShouldBeTrue();
        }

        receiver.Metrics.Distinct().ShouldBe([new(Service, "faces", "{face}"), new(Service, "inference.duration", "s")], ignoreOrder: true);
    }

    [Fact]
    public async Task Logs_WithinASpan_AreReadWithBodyAttributesAndTrace()
    {
        await using var receiver = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken);
        using var activity = new Activity("work").Start();
        using (var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(Service)).AddOtlpExporter(exporter => Send(exporter, receiver, "v1/logs"));
        })))
        {
            LogFaces(factory.CreateLogger("test"), 4);
        }

        var log = receiver.Logs.ShouldHaveSingleItem();
        (log.Service, log.TraceId, log.Severity, log.Body).ShouldBe((Service, activity.TraceId.ToHexString(), "Warning", "Found 4 faces"));
        log.Attributes["Faces"].ShouldBe("4");
    }

    private static void Send(OtlpExporterOptions options, OtlpReceiver receiver, string path) =>
        (options.Protocol, options.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri(receiver.Address, path));

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Found {Faces} faces")]
    private static partial void LogFaces(ILogger logger, int faces);
}
