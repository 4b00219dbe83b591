namespace FaceAspire.Tests.EndToEnd.Telemetry;

/// <summary>A log record as it came over OTLP; the trace's id is empty outside of one.</summary>
public sealed record ReceivedLog(string Service, string TraceId, string Severity, string Body, IReadOnlyDictionary<string, string> Attributes);
