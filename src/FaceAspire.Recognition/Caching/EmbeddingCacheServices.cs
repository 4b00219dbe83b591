using FaceAspire.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Trace;

namespace FaceAspire.Recognition.Caching;

/// <summary>Registers the embedding cache.</summary>
internal static class EmbeddingCacheServices
{
    private const string Check = "cache";

    // Ten seconds is the instrumentation's default; a trace that is looked at while it happens should be whole.
    private static readonly TimeSpan _flushEvery = TimeSpan.FromSeconds(1);

    /// <summary>Adds <see cref="EmbeddingCache"/> and what it needs; where Redis is configured also its connection, its part of readiness, and its commands in traces.</summary>
    public static void AddEmbeddingCache(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<EmbeddingCacheOptions>();
        builder.Services.AddSingleton<EmbeddingKeys>();
        builder.Services.AddSingleton<EmbeddingCache>();
        builder.Services.AddSingleton<RedisLink>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<RedisLink>());
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<RedisLink>(static (health, link) =>
        {
            if (link.IsConfigured)
            {
                health.Registrations.Add(new(Check, _ => new CacheHealthCheck(link), failureStatus: null, tags: [WarmupModule.ReadyTag]));
            }
        });
        builder.Services.ConfigureOpenTelemetryTracerProvider(static tracing => tracing
            .AddRedisInstrumentation(static redis =>
            {
                redis.SetVerboseDatabaseStatements = false; // the default, said because keys and vectors must not get into spans
                redis.FlushInterval = _flushEvery;
                redis.EnrichActivityWithTimingEvents = false;
                redis.Filter = static command => command.ParentActivity is not null; // the link's own probes belong to no request
            })
            .ConfigureRedisInstrumentation(static (services, instrumentation) => services.GetRequiredService<RedisLink>().Instrument(instrumentation)));
    }
}
