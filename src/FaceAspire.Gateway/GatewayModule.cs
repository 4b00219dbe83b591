using FaceAspire.Gateway.Forwarding;
using FaceAspire.Gateway.Health;
using FaceAspire.Gateway.Routing;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Admission;
using FaceAspire.ServiceDefaults.Calls;
using FaceAspire.ServiceDefaults.Http;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace FaceAspire.Gateway;

/// <summary>The gateway module: the one API in front of detection, recognition and attributes. It passes on and computes nothing.</summary>
public static class GatewayModule
{
    /// <summary>Requests passed on at once to one service where MAX_CONCURRENCY says nothing. Each replica has its own, much lower bound (its cores and its queue) and refuses by itself;
    /// this one must only never be the lower: it is reached by some fifteen replicas of four cores, and keeps sockets and copy buffers (about 0.4 MB a request) bounded.</summary>
    private const int DefaultConcurrency = 1_024;

    private const long MaxBufferedRequest = 262_144;

    /// <summary>Adds the proxy, its routes and services, and their part in the readiness. Nothing of what it stands in front of need be there yet.</summary>
    public static IHostApplicationBuilder AddGateway(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<ImageOptions>();
        var services = builder.Services;
        services.PostConfigure<AdmissionOptions>(static options => options.MaxConcurrency = options.MaxConcurrency == 0 ? DefaultConcurrency : options.MaxConcurrency);
        services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxRequestBufferSize = MaxBufferedRequest);
        services.AddServiceDiscovery();
        services.AddSingleton<IProxyConfigProvider, ProxyTables>();
        services.AddSingleton<IPassiveHealthCheckPolicy, ConnectFailurePolicy>();
        services.AddReverseProxy()
            .AddServiceDiscoveryDestinationResolver()
            .AddTransforms<ServiceHeaders>()
            .ConfigureHttpClient(static (_, handler) =>
            {
                handler.ConnectTimeout = CallLimits.Connect;
                handler.PooledConnectionLifetime = CallLimits.ConnectionLifetime;
            });
        RemoveKeyRing(services);
        foreach (string service in ServiceNames.All)
        {
            services.AddKeyedSingleton(service, (provider, _) => new ServiceHealthCheck(service, provider.GetRequiredService<IProxyStateLookup>()));
            services.AddHealthChecks().Add(new(
                service, provider => provider.GetRequiredKeyedService<ServiceHealthCheck>(service), HealthStatus.Unhealthy, [WarmupModule.ReadyTag]));
        }

        return builder;
    }

    /// <summary>Maps the routes of the API.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        routes
            .MapReverseProxy(static proxy =>
            {
                proxy.UseMiddleware<ForwardingFailures>();
                proxy.UseMiddleware<ConnectRetry>();
                proxy.UseLoadBalancing();
                proxy.UsePassiveHealthChecks();
            })
            .ConfigureEndpoints(static (endpoint, route) => endpoint.WithMetadata(PassedOnAnswer.Mark).RequireAdmission(door: route.ClusterId ?? ""));
        return routes;
    }

    /// <summary>The proxy brings data protection for sticky sessions, which nothing here has; left alone it writes a key into the home folder at the first start.</summary>
    private static void RemoveKeyRing(IServiceCollection services)
    {
        foreach (var start in services.Where(static service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.Assembly == typeof(DataProtectionServiceCollectionExtensions).Assembly).ToArray())
        {
            services.Remove(start);
        }
    }
}
