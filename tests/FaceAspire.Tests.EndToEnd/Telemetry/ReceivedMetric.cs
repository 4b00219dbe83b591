namespace FaceAspire.Tests.EndToEnd.Telemetry;

/// <summary>That a metric came over OTLP.</summary>
public sealed record ReceivedMetric(string Service, string Name, string Unit);
