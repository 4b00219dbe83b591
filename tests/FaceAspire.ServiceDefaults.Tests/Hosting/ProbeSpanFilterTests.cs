using System.Diagnostics;
using FaceAspire.ServiceDefaults.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace FaceAspire.ServiceDefaults.Tests.Hosting;

public sealed class ProbeSpanFilterTests
{
    [Fact]
    public void Span_OfThePolls_IsNotExportedEvenWhereEverythingIsSampled()
    {
        using var source = new ActivitySource("test of probe spans");
        var ended = new EndedSpans();
        using (Sdk.CreateTracerProviderBuilder().AddSource(source.Name).SetSampler(new AlwaysOnSampler()).AddProcessor(new ProbeSpanFilter()).AddProcessor(ended).Build())
        {
            using (source.StartActivity("proxy.cluster_health_checks"))
            using (source.StartActivity("proxy.destination_health_check"))
            {
            }

            using (source.StartActivity("proxy.forwarder"))
            {
            }
        }

        ended.Names.ShouldBe(["proxy.forwarder"]);
    }

    private sealed class EndedSpans : BaseProcessor<Activity>
    {
        public List<string> Names { get; } = [];

        public override void OnEnd(Activity data) => Names.Add(data.OperationName);
    }
}
