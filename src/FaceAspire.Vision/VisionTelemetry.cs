using System.Diagnostics;

namespace FaceAspire.Vision;

/// <summary>What the vision core tells of its work. Costs nothing while nobody listens.</summary>
public static class VisionTelemetry
{
    /// <summary>Name of the source of activities: <c>decode</c>, <c>detect</c>, <c>crop</c>, and <c>run</c> of a network, with its <c>model</c> and <c>batch</c>.</summary>
    public const string SourceName = "FaceAspire.Vision";

    internal static ActivitySource Source { get; } = new(SourceName);
}
