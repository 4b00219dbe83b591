using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Tests.EndToEnd.Telemetry;

/// <summary>The far side of every exporter: takes traces, metrics and logs over OTLP, as http/protobuf or as gRPC, on a port that the system picks, and keeps them.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    /// <summary>The protocols, as <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> names them.</summary>
    public const string HttpProtobuf = "http/protobuf";

    /// <inheritdoc cref="HttpProtobuf"/>
    public const string Grpc = "grpc";

    // In gRPC a message comes after a byte that says whether it is compressed, and its length in four.
    private const int GrpcPrefix = 5;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly string _protocol;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedMetric> _metrics = new();
    private readonly ConcurrentQueue<ReceivedLog> _logs = new();
    private readonly ConcurrentDictionary<string, byte[]> _wanted = new();
    private readonly ConcurrentDictionary<string, bool> _found = new();

    private OtlpReceiver(string protocol)
    {
        _protocol = protocol;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = protocol == Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _app = builder.Build();
        foreach (var (path, service, receive) in (IEnumerable<(string, string, RequestDelegate)>)
        [
            ("traces", "trace.v1.TraceService", context => ReceiveAsync(context, _spans, OtlpReader.Spans)),
            ("metrics", "metrics.v1.MetricsService", context => ReceiveAsync(context, _metrics, OtlpReader.Metrics)),
            ("logs", "logs.v1.LogsService", context => ReceiveAsync(context, _logs, OtlpReader.Logs)),
        ])
        {
            _app.MapPost(protocol == Grpc ? $"/opentelemetry.proto.collector.{service}/Export" : $"/v1/{path}", receive);
        }
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
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = _protocol,
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    /// <summary>Which of the things looked for came, by their names.</summary>
    public IReadOnlyCollection<string> Found => [.. _found.Keys];

    /// <summary>Starts one.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="protocol"><see cref="HttpProtobuf"/> or <see cref="Grpc"/>.</param>
    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken, string protocol = HttpProtobuf)
    {
        var receiver = new OtlpReceiver(protocol);
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>Looks for bytes in every message that comes from now on, wherever in it they stand.</summary>
    public void LookFor(string name, byte[] bytes) => _wanted[name] = bytes;

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

    private async Task ReceiveAsync<T>(HttpContext context, ConcurrentQueue<T> kept, Func<byte[], IReadOnlyList<T>> read)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        byte[] message = _protocol == Grpc ? body.ToArray()[GrpcPrefix..] : body.ToArray();
        foreach (var (name, _) in _wanted.Where(wanted => message.AsSpan().IndexOf(wanted.Value) >= 0))
        {
            _found[name] = true;
        }

        foreach (var item in read(message))
        {
            kept.Enqueue(item);
        }

        // An empty message says that all was taken.
        if (_protocol == Grpc)
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[GrpcPrefix], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        else
        {
            context.Response.ContentType = "application/x-protobuf";
        }
    }
}
