using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.ServiceDefaults.Logging;

/// <summary>What every log line has, whatever its form: the framework's own formatters would write each scope as an object of its own, two of them with different request ids.</summary>
internal readonly ref struct LogLine
{
    private LogLine(DateTimeOffset time, string level, string category, string message, string? requestId)
    {
        (Time, Level, Category, Message, RequestId) = (time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), level, category, message, requestId);
    }

    /// <summary>UTC, ISO 8601, milliseconds.</summary>
    public string Time { get; }

    /// <summary>DEBUG, INFO, WARNING, ERROR or CRITICAL.</summary>
    public string Level { get; }

    /// <summary>Type that logs.</summary>
    public string Category { get; }

    public string Message { get; }

    /// <summary>The request's id, inside a request.</summary>
    public string? RequestId { get; }

    /// <summary>The trace that the line belongs to, when one is running.</summary>
    public static string? TraceId => Activity.Current?.TraceId.ToHexString();

    public static LogLine Of<T>(in LogEntry<T> entry, IExternalScopeProvider? scopes, TimeProvider time)
    {
        var found = new ScopeSearch();
        scopes?.ForEachScope(
            static (scope, state) =>
            {
                if (scope is Http.RequestScope request)
                {
                    state.RequestId = request.Id;
                }
            },
            found);
        return new(time.GetUtcNow(), NameOf(entry.LogLevel), entry.Category, entry.Formatter(entry.State, entry.Exception), found.RequestId);
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        _ => "CRITICAL",
    };

    private sealed class ScopeSearch
    {
        public string? RequestId { get; set; }
    }
}
