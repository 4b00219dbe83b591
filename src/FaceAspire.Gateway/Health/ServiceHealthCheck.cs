using System.Diagnostics;
using System.Text.Json;
using FaceAspire.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace FaceAspire.Gateway.Health;

/// <summary>Whether a service can work: ready as soon as one replica is, and in words what is wrong where none is.</summary>
/// <remarks>Asks all replicas at once, and at most once a second however often it is asked itself: the gateway's readiness is open to everybody.</remarks>
internal sealed class ServiceHealthCheck(string service, IProxyStateLookup proxy) : IHealthCheck
{
    private const int MaxAnswerBytes = 65_536;
    private const string Ok = "ok";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(1); // what Kubernetes waits for the whole answer
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _askedAt;
    private Task<HealthCheckResult>? _asked;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Current().WaitAsync(cancellationToken);

    /// <summary>Shared by all who ask at the same time, so none of them cancels it; it ends by itself.</summary>
    private Task<HealthCheckResult> Current()
    {
        lock (_gate)
        {
            if (_asked is null || (_asked.IsCompleted && Stopwatch.GetElapsedTime(_askedAt) >= _fresh))
            {
                _askedAt = Stopwatch.GetTimestamp();
                _asked = AskAsync();
            }

            return _asked;
        }
    }

    private async Task<HealthCheckResult> AskAsync()
    {
        if (!proxy.TryGetCluster(service, out var cluster) || cluster.DestinationsState.AllDestinations is not { Count: > 0 } replicas)
        {
            return HealthCheckResult.Unhealthy("has no replica");
        }

        var client = cluster.Model.HttpClient;
        string[] states = await Task.WhenAll(replicas.Select(replica => AskAsync(client, replica)));
        int ready = states.Count(static state => state == Ok);
        return ready == states.Length ? HealthCheckResult.Healthy()
            : ready > 0 ? HealthCheckResult.Degraded($"{ready} of {states.Length} replicas are ready")
            : HealthCheckResult.Unhealthy(string.Join(" | ", states.Distinct()));
    }

    private static async Task<string> AskAsync(HttpMessageInvoker client, DestinationState replica)
    {
        using var limit = new CancellationTokenSource(_timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(replica.Model.Config.Address), "/health/ready"));
        try
        {
            using var answer = await client.SendAsync(request, limit.Token);
            return answer.IsSuccessStatusCode ? Ok : await ReasonAsync(answer, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return $"does not answer within {_timeout.TotalSeconds} s";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return "cannot be reached";
        }
    }

    /// <summary>The service's own words, where its answer is ours to read.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            var health = await answer.Content.ReadFromJsonAsync(ApiJsonContext.Default.HealthResponse, cancellationToken);
            var obstacles = health?.Checks?.Where(static check => check.Value != Ok).Select(static check => $"{check.Key}: {check.Value}") ?? [];
            return string.Join(", ", obstacles) is { Length: > 0 } reason ? reason : "is not ready";
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or InvalidOperationException)
        {
            return $"answers {(int)answer.StatusCode}";
        }
    }
}
