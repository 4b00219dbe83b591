namespace FaceAspire.Tests.EndToEnd.Telemetry;

/// <summary>A span as it came over OTLP; ids in small hexadecimal letters, the parent's empty for a root.</summary>
public sealed record ReceivedSpan(
    string Service, string TraceId, string SpanId, string ParentId, string Name, int Kind, TimeSpan Duration, IReadOnlyDictionary<string, string> Attributes);
