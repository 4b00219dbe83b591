using System.Net;
using FaceAspire.Gateway.Forwarding;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace FaceAspire.Gateway.Routing;

/// <summary>The routes and services in the proxy's own terms.</summary>
internal sealed class ProxyTables(IOptions<ImageOptions> images, IOptions<RequestTimeoutOptions> timeouts) : IProxyConfigProvider
{
    // A replica whose process died refuses connections and is out at the first of them (ConnectFailurePolicy). The polls find what connections
    // do not tell: one that hangs, within two polls that time out (6 s), one that says it is not ready, and the return of either.
    private static readonly TimeSpan _pollEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pollTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _outAfterConnectFailure = TimeSpan.FromSeconds(2);

    // Both in the proxy's own terms.
    private const long NoLimit = -1;
    private const string NoDeadline = "Disable";

    // The request's own deadline ends it, with an answer in the envelope; the proxy's must come later.
    private static readonly TimeSpan _afterDeadline = TimeSpan.FromSeconds(10);

    private readonly IProxyConfig _tables = new Tables(
        [.. GatewayRoute.All.Select(route => Route(route, Limits(images)))],
        [.. ServiceNames.All.Select(name => Cluster(name, timeouts.Value.DefaultPolicy?.Timeout ?? TimeSpan.FromHours(1)))]);

    public IProxyConfig GetConfig() => _tables;

    /// <summary>The proxy asks for its tables while the host is built, before settings are checked. A wrong one is told a moment later, when the service is to start.</summary>
    private static ImageOptions Limits(IOptions<ImageOptions> images)
    {
        try
        {
            return images.Value;
        }
        catch (OptionsValidationException)
        {
            return new();
        }
    }

    private static RouteConfig Route(GatewayRoute route, ImageOptions images) => new()
    {
        RouteId = route.Id,
        ClusterId = route.Service,
        Match = new() { Path = route.Path, Methods = [route.Method] },
        MaxRequestBodySize = route.IsStream ? NoLimit : images.BodyLimit(route.Images),
        TimeoutPolicy = route.IsStream ? NoDeadline : null,
    };

    private static ClusterConfig Cluster(string service, TimeSpan timeout) => new()
    {
        ClusterId = service,
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        Destinations = new Dictionary<string, DestinationConfig> { [service] = new() { Address = $"https+http://{service}" } },
        HttpRequest = new() { ActivityTimeout = timeout + _afterDeadline, Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact },

        // Kestrel takes header values in UTF-8; without this the client side would refuse such a request as its own mistake.
        HttpClient = new() { RequestHeaderEncoding = "utf-8" },
        HealthCheck = new()
        {
            Active = new() { Enabled = true, Path = "/health/ready", Interval = _pollEvery, Timeout = _pollTimeout, Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures },
            Passive = new() { Enabled = true, Policy = ConnectFailurePolicy.PolicyName, ReactivationPeriod = _outAfterConnectFailure },

            // Where no replica looks well the request is still tried: a service knows best what is wrong with it, and says so in its answer.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
        },
    };

    private sealed record Tables(IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) : IProxyConfig
    {
        // Never changes: settings are read at start. Addresses do, and service discovery has its own token for them.
        public IChangeToken ChangeToken { get; } = new CancellationChangeToken(CancellationToken.None);
    }
}
