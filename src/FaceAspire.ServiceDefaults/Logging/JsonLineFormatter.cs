using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace FaceAspire.ServiceDefaults.Logging;

/// <summary>One flat JSON object a line: timestamp, level, logger, message, request_id, trace_id, the message's own values, exception.</summary>
internal sealed class JsonLineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "faceaspire-json";

    private const string TemplateKey = "{OriginalFormat}";

    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = LogLine.Of(logEntry, scopeProvider, time);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", line.Time);
            json.WriteString("level", line.Level);
            json.WriteString("logger", line.Category);
            json.WriteString("message", line.Message);
            WriteOptional(json, "request_id", line.RequestId);
            WriteOptional(json, "trace_id", LogLine.TraceId);
            if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                WriteValues(json, values);
            }

            WriteOptional(json, "exception", logEntry.Exception?.ToString());
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values)
        {
            if (name == TemplateKey)
            {
                continue;
            }

            json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            switch (value)
            {
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case double number when double.IsFinite(number):
                    json.WriteNumberValue(number);
                    break;
                case bool flag:
                    json.WriteBooleanValue(flag);
                    break;
                default:
                    json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }
}
