using FaceAspire.Contracts;
using FaceAspire.Contracts.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Whether the process lives (<c>/health</c>, <c>/health/live</c>, <c>/alive</c>) and whether it can work (<c>/health/ready</c>).</summary>
internal static class HealthEndpoints
{
    private const string Ok = "ok";
    private const string Unavailable = "unavailable";
    private static readonly PathString _health = "/health";
    private static readonly PathString _alive = "/alive";

    /// <summary>Whether a path is polled by machines.</summary>
    public static bool IsProbe(PathString path) => path.StartsWithSegments(_health) || path == _alive;

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (string path in (ReadOnlySpan<string>)["/health", "/health/live", "/alive"])
        {
            routes.MapGet(path, static () => new Answer<HealthResponse>(new(Ok, ServiceVersion.Text)));
        }

        var lifetime = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        var drain = routes.ServiceProvider.GetRequiredService<RequestDrain>();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = static check => check.Tags.Contains(WarmupModule.ReadyTag),
            ResponseWriter = async (context, report) =>
            {
                await WriteAsync(context, report, lifetime.ApplicationStopping.IsCancellationRequested);
                drain.Told();
            },
        });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report, bool stopping)
    {
        bool ready = report.Status != HealthStatus.Unhealthy && !stopping;
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var checks = report.Entries.ToDictionary(static entry => entry.Key, static entry => entry.Value.Description ?? Ok);
        var response = new HealthResponse(ready ? Ok : Unavailable, ServiceVersion.Text, checks);
        return context.Response.WriteAsJsonAsync(response, ApiJsonContext.Default.HealthResponse, contentType: null, context.RequestAborted);
    }
}
