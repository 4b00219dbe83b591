using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Tests.EndToEnd.Telemetry;

/// <summary>The far side of every exporter: takes traces, metrics and logs over OTLP (http/protobuf) on a port that the system picks, and keeps them.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedMetric> _metrics = new();
    private readonly ConcurrentQueue<ReceivedLog> _logs = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", context => ReceiveAsync(context, _spans, OtlpReader.Spans));
        _app.MapPost("/v1/metrics", context => ReceiveAsync(context, _metrics, OtlpReader.Metrics));
        _app.MapPost("/v1/logs", context => ReceiveAsync(context, _logs, OtlpReader.Logs));
    }

    /// <summary>What came so far, in the order of arrival.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <inheritdoc cref="Spans"/>
    public IReadOnlyList<ReceivedMetric> Metrics => [.. _metrics];

    /// <inheritdoc cref="Spans"/>
    public IReadOnlyList<ReceivedLog> Logs => [.. _logs];

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Variables that make a service export to it, soon enough for a test.</summary>
    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>Waits until what came fulfils a condition.</summary>
    /// <exception cref="TimeoutException">It did not within 20 seconds; the message lists what came.</exception>
    public async Task WaitAsync(Func<OtlpReceiver, bool> condition, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition(this))
        {
            if (Stopwatch.GetElapsedTime(start) > _limit)
            {
                throw new TimeoutException($"What was waited for did not come within {_limit.TotalSeconds} s, but this did:\n{string.Join('\n',
                    Spans.Select(static span => $"span {span.Service} {span.TraceId} {span.ParentId} {span.SpanId} {span.Name}")
                    .Concat(Metrics.Distinct().Select(static metric => $"metric {metric.Service} {metric.Name} {metric.Unit}"))
                    .Concat(Logs.Select(static log => $"log {log.Service} {log.TraceId} {log.Body}")))}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task ReceiveAsync<T>(HttpContext context, ConcurrentQueue<T> kept, Func<byte[], IReadOnlyList<T>> read)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        foreach (var item in read(body.ToArray()))
        {
            kept.Enqueue(item);
        }

        context.Response.ContentType = "application/x-protobuf"; // an empty message says that all was taken
    }
}
