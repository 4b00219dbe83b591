using System.Diagnostics;
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

        told.ShouldBe(["decode width=2280 height=1588", "run model=yunet batch=1", "detect faces=2", "crop"]);
    }
}
