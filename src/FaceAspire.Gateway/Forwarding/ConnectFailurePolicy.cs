using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace FaceAspire.Gateway.Forwarding;

/// <summary>Takes a replica out at its first failed connection, for the cluster's reactivation period. Requests that end in other ways say nothing here:
/// a broken answer may be that request's own doing, and an answer that still comes from a replica which no longer listens does not bring it back.</summary>
internal sealed class ConnectFailurePolicy(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "ConnectFailure";

    private static readonly TimeSpan _defaultReactivation = TimeSpan.FromSeconds(2);

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (ConnectFailure.Ended(context))
        {
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, cluster.Model.Config.HealthCheck?.Passive?.ReactivationPeriod ?? _defaultReactivation);
        }
    }
}
