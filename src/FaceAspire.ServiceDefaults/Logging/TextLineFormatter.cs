using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace FaceAspire.ServiceDefaults.Logging;

/// <summary>One line for a person: time, level, request id, message; an exception follows on lines of its own.</summary>
internal sealed class TextLineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "faceaspire-text";

    private static readonly SearchValues<char> _unprintable =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(static code => (char)code).Where(static c => char.IsControl(c) || c is '\u2028' or '\u2029')]);

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = LogLine.Of(logEntry, scopeProvider, time);

        textWriter.WriteLine($"{line.Time} {line.Level,-8} {line.RequestId ?? "-"} {Printable(line.Message)}");
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception);
        }
    }

    /// <summary>Values come from strangers: a line break must not start a line that looks like another entry, an escape must not steer the terminal.</summary>
    private static string Printable(string message) => !message.AsSpan().ContainsAny(_unprintable)
        ? message
        : string.Create(message.Length, message, static (text, source) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = _unprintable.Contains(source[i]) ? ' ' : source[i];
            }
        });
}
