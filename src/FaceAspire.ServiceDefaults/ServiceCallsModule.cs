using FaceAspire.ServiceDefaults.Calls;
using FaceAspire.ServiceDefaults.Configuration;
using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults;

/// <summary>Calls from service to service: found by name, tried on another replica where nobody listens, with the request's id and deadline.</summary>
public static class ServiceCallsModule
{
    /// <summary>Registers a client named after the service that it calls, whose calls are safe to repeat. Destinations are read from <c>services:NAME:http:0</c>
    /// and so on, as Aspire sets them; without any the name is looked up as a host.</summary>
    public static IHostApplicationBuilder AddServiceClient(this IHostApplicationBuilder builder, string serviceName)
    {
        var hosting = new HostingOptions();
        new EnvironmentOptions<HostingOptions>(builder.Configuration).Configure(hosting);
        var timeout = TimeSpan.FromSeconds(Math.Max(1, hosting.RequestTimeoutSeconds));

        builder.Services.AddServiceDiscovery();
        builder.Services.AddHttpContextAccessor();
        builder.Services.TryAddTransient<RequestContextHandler>();
        builder.Services.TryAddTransient<ReplicaHandler>();
        builder.Services.TryAddSingleton<AbsentReplicas>();
        var client = builder.Services.AddHttpClient(serviceName, client =>
        {
            client.BaseAddress = new($"https+http://{serviceName}");
            client.Timeout = Timeout.InfiniteTimeSpan; // the request's deadline and the limits below end it
        });
        client.UseSocketsHttpHandler(static (handler, _) =>
        {
            handler.ConnectTimeout = CallLimits.Connect;
            handler.PooledConnectionLifetime = CallLimits.ConnectionLifetime;
            handler.UseCookies = false;
            handler.AllowAutoRedirect = false;
        });
        client.AddHttpMessageHandler<RequestContextHandler>();
        client.AddStandardResilienceHandler(options =>
        {
            // Only where no replica listens: a service that is overloaded or failed has said so, and the same again would make it worse.
            options.Retry.ShouldHandle = static arguments => new(CallFailures.NobodyListens(arguments.Outcome.Exception));
            options.Retry.MaxRetryAttempts = 2;
            options.Retry.Delay = TimeSpan.FromMilliseconds(50);
            options.CircuitBreaker.ShouldHandle = static arguments => new(CallFailures.NobodyListens(arguments.Outcome.Exception));
            options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(1);
            options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = int.MaxValue; // admission bounds requests, and so their calls
            options.AttemptTimeout.Timeout = timeout;
            options.TotalRequestTimeout.Timeout = timeout;
            options.CircuitBreaker.SamplingDuration = 2 * timeout;
        });
        client.AddHttpMessageHandler<ReplicaHandler>(); // innermost: each attempt asks the replicas anew
        return builder;
    }
}
