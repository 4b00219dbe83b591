using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Gateway.Tests;

/// <summary>A service as the gateway sees one: a small server on a loopback port that does what the request's <c>X-Behave</c> header asks for, good or bad.</summary>
internal sealed class Backend : IAsyncDisposable
{
    /// <summary>Header by which a test chooses what happens.</summary>
    public const string Behave = "X-Behave";

    private readonly string _name;
    private readonly ConcurrentDictionary<string, Arrival> _arrivals = new();
    private WebApplication? _app;
    private int _requests;
    private int _probes;

    private Backend(string name) => _name = name;

    /// <summary>The port, the same after <see cref="StopAsync"/> and <see cref="RestartAsync"/>.</summary>
    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Requests that came, polls of health aside.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Polls of health that came.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>What <c>/health/ready</c> answers with 503; null while it is ready.</summary>
    public string? Unready { get; set; }

    /// <summary>Whether it takes connections and answers nothing, health included.</summary>
    public bool Hangs { get; set; }

    /// <summary>Starts one.</summary>
    public static async Task<Backend> StartAsync(string name, CancellationToken cancellationToken)
    {
        var backend = new Backend(name);
        await backend.ListenAsync(0, cancellationToken);
        return backend;
    }

    /// <summary>A port on which nobody listens.</summary>
    public static async Task<int> DeadPortAsync(CancellationToken cancellationToken)
    {
        await using var backend = await StartAsync("dead", cancellationToken);
        return backend.Port;
    }

    /// <summary>What came with this request id.</summary>
    public Arrival Arrived(string id) => _arrivals.GetOrAdd(id, static _ => new Arrival());

    /// <summary>Drops every connection and listens no more.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            using var now = new CancellationTokenSource(TimeSpan.Zero);
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    /// <summary>Listens again where it did.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => ListenAsync(Port, cancellationToken);

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task ListenAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync(cancellationToken);
        _app = app;
        Port = new Uri(app.Urls.Single()).Port;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return;
        }

        if (context.Request.Path == "/health/ready")
        {
            Interlocked.Increment(ref _probes);
            context.Response.StatusCode = Unready is null ? 200 : 503;
            await context.Response.WriteAsJsonAsync(new { status = Unready is null ? "ok" : "unavailable", version = "1", checks = new Dictionary<string, string> { ["part"] = Unready ?? "ok", ["other"] = "ok" } });
            return;
        }

        Interlocked.Increment(ref _requests);
        var arrival = Arrived(context.Request.Headers["X-Request-Id"].ToString());
        arrival.Note(context);
        await using var gone = context.RequestAborted.Register(() => arrival.Aborted.TrySetResult());
        try
        {
            await BehaveAsync(context, arrival);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            context.Abort(); // the caller has gone, or broke its body off
        }
    }

    private async Task BehaveAsync(HttpContext context, Arrival arrival)
    {
        var response = context.Response;
        switch (context.Request.Headers[Behave].ToString())
        {
            case "hang":
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case "reset":
                await ReadBodyAsync(context, arrival);
                context.Abort();
                break;
            case "half":
                response.ContentLength = 10_000;
                await response.Body.WriteAsync(new byte[100], context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                await arrival.Continue.Task.WaitAsync(TimeSpan.FromSeconds(10), context.RequestAborted); // else the reset could overtake the head
                context.Abort();
                break;
            case "drip":
                await response.WriteAsync("drip", context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case "stream":
                await response.WriteAsync("first", context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                await arrival.Continue.Task.WaitAsync(TimeSpan.FromSeconds(10), context.RequestAborted);
                await response.WriteAsync("last", context.RequestAborted);
                break;
            case "foreign 400": // as a bare server answers, without a body
                response.StatusCode = 400;
                break;
            case ['f', 'o', 'r', 'e', 'i', 'g', 'n', ' ', .. var status]:
                response.StatusCode = int.Parse(status, CultureInfo.InvariantCulture);
                response.ContentType = "text/html";
                await response.WriteAsync("<h1>upstream</h1>", context.RequestAborted);
                break;
            case "error":
                response.StatusCode = 503;
                response.Headers.RetryAfter = "7";
                response.Headers["X-Cache"] = "miss";
                await response.WriteAsJsonAsync(new { success = false, error_code = "model_unavailable" });
                break;
            case "plain":
                await response.WriteAsJsonAsync(new string('a', 50_000));
                break;
            default:
                await ReadBodyAsync(context, arrival);
                response.Headers.Server = "inner";
                response.Headers["X-Request-Id"] = "inner";
                response.Headers["X-Response-Time-Ms"] = "0.1";
                response.Headers["X-Cache"] = "hit";
                await response.WriteAsJsonAsync(new { service = _name });
                break;
        }
    }

    private static async Task ReadBodyAsync(HttpContext context, Arrival arrival)
    {
        byte[] buffer = new byte[16_384];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and int read)
        {
            arrival.Read(read);
        }
    }
}
