using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Traces, metrics and logs over OTLP, where an endpoint is configured; nothing otherwise.</summary>
internal static class TelemetrySetup
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Sources = "FaceAspire.*";
    private const string Proxy = "Yarp.ReverseProxy";

    public static void Apply(WebApplicationBuilder builder, string serviceName)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]))
        {
            return;
        }

        string name = builder.Configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } given ? given : serviceName;
        builder.Logging.AddOpenTelemetry(static logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(name, serviceVersion: ServiceVersion.Text))
            .WithTracing(static tracing => tracing
                .AddProcessor<ProbeSpanFilter>()
                .AddProcessor<QueryEraser>()
                .AddSource(Sources, Proxy)
                .AddAspNetCoreInstrumentation(static options => options.Filter = static context => !HealthEndpoints.IsProbe(context.Request.Path))
                .AddHttpClientInstrumentation(static options => options.FilterHttpRequestMessage = static request => !HealthEndpoints.IsProbe(request.RequestUri?.AbsolutePath)))
            .WithMetrics(static metrics => metrics
                .AddMeter(Sources)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .UseOtlpExporter();
    }
}
