using FaceAspire.ServiceDefaults.Warmup;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAspire.ServiceDefaults;

/// <summary>Work that makes the first request fast, done after the service listens, and part of its readiness.</summary>
public static class WarmupModule
{
    /// <summary>Runs <paramref name="load"/> on the singleton <typeparamref name="T"/> after the start, until it succeeds. Until then <c>/health/ready</c> answers 503 and says why.</summary>
    /// <param name="services">The service's registrations.</param>
    /// <param name="name">What is being made ready, as readiness names it.</param>
    /// <param name="load">Blocking work; throws when it cannot be done yet.</param>
    public static IServiceCollection AddWarmup<T>(this IServiceCollection services, string name, Action<T> load)
        where T : class
    {
        services.AddSingleton(provider => new WarmupTask(name, () => load(provider.GetRequiredService<T>())));
        services.AddHostedService<WarmupService>();
        services.AddHealthChecks().Add(new(
            name,
            provider => new WarmupHealthCheck(provider.GetServices<WarmupTask>().Single(task => task.Name == name)),
            failureStatus: null,
            tags: [ReadyTag]));
        return services;
    }

    /// <summary>Tag of the health checks that decide readiness.</summary>
    public const string ReadyTag = "ready";
}
