using System.Diagnostics;
using OpenTelemetry;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Keeps the proxy's own polls of health out of the traces: a span a second for every replica, which nobody asked for.</summary>
internal sealed class ProbeSpanFilter : BaseProcessor<Activity>
{
    public override void OnStart(Activity data)
    {
        if (data.OperationName is "proxy.cluster_health_checks" or "proxy.destination_health_check")
        {
            data.IsAllDataRequested = false;
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
