using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceAspire.ServiceDefaults.Warmup;

/// <summary>Ready when the task is done.</summary>
internal sealed class WarmupHealthCheck(WarmupTask task) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(task.Obstacle is { } obstacle ? HealthCheckResult.Unhealthy(obstacle) : HealthCheckResult.Healthy());
}
