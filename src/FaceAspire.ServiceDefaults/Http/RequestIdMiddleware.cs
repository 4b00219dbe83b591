using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Outermost: gives every request its id and every answer its id and duration, and writes the request's one log line.</summary>
/// <remarks>Requests that Kestrel refuses before there is a request (a broken request line) do not get here: they are answered with a bare 400.</remarks>
internal sealed partial class RequestIdMiddleware(RequestDelegate next, RequestDrain drain, ILogger<RequestIdMiddleware> logger)
{
    private const int MaxLength = 128;
    private const int MadeLength = 12;

    private static readonly SearchValues<char> _allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public async Task InvokeAsync(HttpContext context)
    {
        long start = Stopwatch.GetTimestamp();
        string id = IsValid(context.Request.Headers[RequestHeaders.RequestId]) is { } given ? given : RandomNumberGenerator.GetHexString(MadeLength, lowercase: true);
        context.TraceIdentifier = id;
        Activity.Current?.SetTag("request.id", id);
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers[RequestHeaders.RequestId] = id;
            headers[RequestHeaders.ResponseTimeMs] = Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
            headers.XContentTypeOptions = "nosniff";
            if (drain.IsStopping)
            {
                headers.Connection = "close"; // else the next request on it may meet the closed server
            }

            return Task.CompletedTask;
        });

        using var scope = logger.BeginScope(new RequestScope(id));
        bool isProbe = HealthEndpoints.IsProbe(context.Request.Path);
        using var running = isProbe ? null : drain.Enter();
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.Response.HasStarted)
        {
            context.Abort(); // too late for another answer: whoever reads must see that this one is not whole
        }
        finally
        {
            Log(context, isProbe, start);
        }
    }

    private void Log(HttpContext context, bool isProbe, long start)
    {
        double milliseconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1);
        string path = context.Request.Path.Value ?? "/";
        int status = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted ? StatusCodes.Status499ClientClosedRequest : context.Response.StatusCode;
        if (isProbe)
        {
            LogProbe(context.Request.Method, path, status, milliseconds);
        }
        else
        {
            LogRequest(context.Request.Method, path, status, milliseconds);
        }
    }

    private static string? IsValid(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(_allowed) ? id : null;

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Method} {Path} answered {Status} in {Milliseconds} ms")]
    private partial void LogRequest(string method, string path, int status, double milliseconds);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "{Method} {Path} answered {Status} in {Milliseconds} ms")]
    private partial void LogProbe(string method, string path, int status, double milliseconds);
}
