using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceAspire.Contracts.Models;
using FaceAspire.Testing;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Extraction;

public sealed class TelemetryTests(VisionFixture models)
{
    [Fact]
    public async Task Extract_SomebodyListens_TellsItsSteps()
    {
        List<string> told = [];
        using var request = new Activity("request").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == VisionTelemetry.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Other tests run beside this one.
                if (activity.TraceId == request.TraceId)
                {
                    told.Add($"{activity.OperationName} {string.Join(' ', activity.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}"))}".TrimEnd());
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        byte[] photo = await File.ReadAllBytesAsync(SharedMaterial.Photo("couple.jpg"), TestContext.Current.CancellationToken);
        using var faces = await models.Extractor.ExtractAsync(photo, new("yunet", [new(CropGeometry.FivePoint, 112, 112)]), TestContext.Current.CancellationToken);

        told.ShouldBe(["decode width=2280 height=1588 reduction=2", "run model=yunet batch=1", "detect detector=yunet faces=2", "align"]);
    }

    [Fact]
    public async Task Extract_SomebodyMeasures_CountsFacesAndTimesNetworks()
    {
        ConcurrentBag<string> told = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == VisionTelemetry.SourceName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => told.Add($"{instrument.Name} {instrument.Unit} {value} {Describe(tags)}".TrimEnd()));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => told.Add($"{instrument.Name} {instrument.Unit} {(value is > 0 and < 60 ? "some" : "odd")} {Describe(tags)}"));
        listener.Start();

        byte[] photo = await File.ReadAllBytesAsync(SharedMaterial.Photo("couple.jpg"), TestContext.Current.CancellationToken);
        using var faces = await models.Extractor.ExtractAsync(photo, new("yunet", [new(CropGeometry.FivePoint, 112, 112)]), TestContext.Current.CancellationToken);

        // Other tests run beside this one and are measured too.
        told.ShouldContain("faceaspire.detection.faces {face} 2 detector=yunet");
        told.ShouldContain("faceaspire.inference.duration s some model=yunet");
        told.ShouldContain("faceaspire.compute.queue.length {request} 1");
        told.ShouldContain("faceaspire.compute.queue.length {request} -1");
    }

    private static string Describe(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new List<string>();
        foreach (var tag in tags)
        {
            text.Add($"{tag.Key}={tag.Value}");
        }

        return string.Join(' ', text);
    }
}
