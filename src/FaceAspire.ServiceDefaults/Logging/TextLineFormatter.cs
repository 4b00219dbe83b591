using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace FaceAspire.ServiceDefaults.Logging;

/// <summary>One line for a person: time, level, request id, message; an exception follows on lines of its own.</summary>
internal sealed class TextLineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "faceaspire-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = LogLine.Of(logEntry, scopeProvider, time);

        // A line break in a value must not start a line that looks like another entry.
        textWriter.WriteLine($"{line.Time} {line.Level,-8} {line.RequestId ?? "-"} {line.Message.ReplaceLineEndings(" ")}");
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception);
        }
    }
}
