using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Testing;

/// <summary>A real server of one file on the loopback, with the manners that the test gives it.</summary>
public sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private FileServer(WebApplication app) => _app = app;

    /// <summary>The file.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>Its tag, with quotes; null for a server that gives none.</summary>
    public string? Tag { get; set; } = "\"one\"";

    /// <summary>Whether it answers ranges.</summary>
    public bool HasRanges { get; set; } = true;

    /// <summary>After so many bytes of a body the connection is cut, once; null for never.</summary>
    public int? CutAfter { get; set; }

    /// <summary>After so many bytes nothing more comes.</summary>
    public int? StallAfter { get; set; }

    /// <summary>Wait before each answer.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Requests for the file so far.</summary>
    public int Requests => _requests;

    /// <summary>Where each answer began.</summary>
    public List<long> Starts { get; } = [];

    /// <summary>Base address.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Address of the file.</summary>
    public Uri File => new(Address, "file.onnx");

    /// <summary>Starts it on a port that the system picks.</summary>
    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        FileServer server = new(app);
        app.MapGet("/file.onnx", server.AnswerAsync);
        app.MapGet("/moved", static () => Results.Redirect("/file.onnx"));
        app.MapGet("/loop", static () => Results.Redirect("/loop"));
        app.MapGet("/elsewhere", static () => Results.Redirect("ftp://127.0.0.1/file.onnx"));
        app.MapGet("/broken", static () => Results.StatusCode(500));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        await Task.Delay(Delay, context.RequestAborted);
        var (request, response) = (context.Request, context.Response);
        int start = 0;
        if (HasRanges && request.Headers.IfRange == Tag && request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {start}-{Content.Length - 1}/{Content.Length}";
        }

        lock (Starts)
        {
            Starts.Add(start);
        }

        response.ContentLength = Content.Length - start;
        if (Tag is not null)
        {
            response.Headers.ETag = Tag;
        }

        var body = Content.AsMemory(start);
        if (StallAfter is { } stall)
        {
            await response.Body.WriteAsync(body[..stall], context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        if (CutAfter is { } cut)
        {
            CutAfter = null;
            await response.Body.WriteAsync(body[..cut], context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(50, context.RequestAborted); // else what was sent may be lost with the connection
            context.Abort();
            return;
        }

        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
