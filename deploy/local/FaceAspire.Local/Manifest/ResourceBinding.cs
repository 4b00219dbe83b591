namespace FaceAspire.Local.Manifest;

/// <summary>Where a resource listens.</summary>
/// <param name="Scheme">Of its addresses, such as <c>http</c>.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Transport"><c>http</c>, <c>http2</c> or <c>tcp</c>.</param>
/// <param name="Port">Port for others; null where the platform picks it.</param>
/// <param name="TargetPort">Port inside its container; null where the image says it.</param>
/// <param name="External">Whether it can be reached from outside.</param>
public sealed record ResourceBinding(string Scheme, string Protocol, string Transport, int? Port = null, int? TargetPort = null, bool External = false);
