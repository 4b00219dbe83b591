using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceAspire.Recognition.Caching;

/// <summary>Ready in any case: without Redis the service is slower, not wrong. Says so meanwhile.</summary>
internal sealed class CacheHealthCheck(RedisLink link) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(link.Obstacle is { } obstacle
            ? HealthCheckResult.Degraded($"degraded: Redis is away ({obstacle}); embeddings are kept in this process only")
            : HealthCheckResult.Healthy());
}
