using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using FaceAspire.Contracts;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Responses;
using FaceAspire.ServiceDefaults.Configuration;
using FaceAspire.ServiceDefaults.Errors;
using FaceAspire.ServiceDefaults.Hosting;
using FaceAspire.ServiceDefaults.Http;
using FaceAspire.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults;

/// <summary>What every host has: settings, logs, telemetry, request ids, the error envelope, health, admission, deadlines, compression.</summary>
public static class ServiceDefaultsModule
{
    // Bodies of routes that read none. Routes that do set their own limit before they read.
    private const long MaxUnreadBody = 1_048_576;

    // What the last answers may take after the deadline of the last request.
    private static readonly TimeSpan _goodbye = TimeSpan.FromSeconds(5);

    // A body that trickles holds a place that others wait for.
    private const double MinBodyBytesPerSecond = 4_096;

    /// <summary>Adds the defaults and decides where the service listens.</summary>
    /// <param name="builder">From <see cref="ServiceHost.CreateBuilder"/>.</param>
    /// <param name="serviceName">Short name, for telemetry where OTEL_SERVICE_NAME gives none.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName)
    {
        builder.AddEnvironmentOptions<HostingOptions>();
        var hosting = new HostingOptions();
        new EnvironmentOptions<HostingOptions>(builder.Configuration).Configure(hosting);
        var timeout = TimeSpan.FromSeconds(Math.Max(1, hosting.RequestTimeoutSeconds));

        LoggingSetup.Apply(builder.Logging, hosting);
        TelemetrySetup.Apply(builder, serviceName);
        Listen(builder, hosting);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = timeout + _goodbye);
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(static options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default);
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;

            // Keeps the + of base64 as it is. Safe here: answers are application/json with nosniff, never part of a page.
            options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        services.AddSingleton<RequestDrain>();
        services.AddHostedService(static provider => provider.GetRequiredService<RequestDrain>());
        services.AddExceptionHandler<ErrorEnvelopeHandler>();
        services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = timeout,
            WriteTimeoutResponse = static context => ErrorEnvelope.WriteAsync(context, new(ErrorCode.Timeout, "The request's deadline passed.")),
        });
        services.AddHealthChecks();
        builder.AddAdmission();
        AddCompression(services);
        return builder;
    }

    /// <summary>Adds the middleware, in the order that the defaults need, and the health endpoints.</summary>
    /// <param name="app">The service.</param>
    /// <param name="beforeRouting">Adds what decides about a request before it has a route, a place in the queue or a body, inside request ids and error envelope.</param>
    public static WebApplication UseServiceDefaults(this WebApplication app, Action<IApplicationBuilder>? beforeRouting = null)
    {
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseResponseCompression();
        app.UseExceptionHandler(static _ => { });
        app.UseStatusCodePages(static status => ErrorEnvelope.OfStatus(status.HttpContext) is { } failure
            ? ErrorEnvelope.WriteAsync(status.HttpContext, failure)
            : Task.CompletedTask);
        beforeRouting?.Invoke(app);
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseMiddleware<DeadlineMiddleware>();
        app.UseRateLimiter();
        HealthEndpoints.Map(app);
        return app;
    }

    /// <summary>Maps <c>GET /</c>: name, version and everything that the service answers.</summary>
    public static IEndpointRouteBuilder MapServiceInfo(this IEndpointRouteBuilder routes, string serviceName)
    {
        routes.MapGet("/", (EndpointDataSource endpoints) => new Answer<ServiceInfoResponse>(new(serviceName, ServiceVersion.Text, List(endpoints))));
        return routes;
    }

    private static string[] List(EndpointDataSource endpoints) =>
    [
        .. endpoints.Endpoints
            .OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(verb => (Path: $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}", Verb: verb)))
            .OrderBy(static route => route.Path, StringComparer.Ordinal)
            .ThenBy(static route => route.Verb, StringComparer.Ordinal)
            .Select(static route => $"{route.Verb} {route.Path}"),
    ];

    /// <summary>ASPNETCORE_URLS beats HTTP_PORTS, which beats HOST and PORT.</summary>
    private static void Listen(WebApplicationBuilder builder, HostingOptions hosting)
    {
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxUnreadBody;
            kestrel.Limits.MinRequestBodyDataRate = new(MinBodyBytesPerSecond, gracePeriod: TimeSpan.FromSeconds(5));
        });

        if (!string.IsNullOrWhiteSpace(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            return; // --urls, or ASPNETCORE_URLS of the environment: the server knows
        }

        if (hosting.Urls.Count == 0 && hosting.HttpPorts.Count > 0)
        {
            builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, string.Join(';', hosting.HttpPorts));
        }
        else
        {
            builder.WebHost.UseUrls(hosting.Urls.Count > 0 ? [.. hosting.Urls] : [hosting.Url]);
        }
    }

    private static void AddCompression(IServiceCollection services)
    {
        services.AddResponseCompression(static options =>
        {
            // No secret of ours stands beside text of the client's in one answer, which is what BREACH needs.
            options.EnableForHttps = true;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        services.Configure<BrotliCompressionProviderOptions>(static options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(static options => options.Level = CompressionLevel.Fastest);
        services.Replace(ServiceDescriptor.Singleton<IResponseCompressionProvider, LargeResponseCompressionProvider>());
    }
}
