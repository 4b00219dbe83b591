namespace FaceAspire.ServiceDefaults.Calls;

/// <summary>How one service calls another, whoever makes the call.</summary>
public static class CallLimits
{
    /// <summary>Bytes of the longest body that is sent at once. A service that refuses does so before it reads: with a longer body on its way it would have to close the
    /// connection, and its answer could be lost. So a longer one waits for <c>100 Continue</c>.</summary>
    public const int LongBody = 262_144;

    /// <summary>How long a connection may take to be made.</summary>
    public static TimeSpan Connect { get; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection is used. Replicas come and go: a new one is opened to whatever the name means then.</summary>
    public static TimeSpan ConnectionLifetime { get; } = TimeSpan.FromMinutes(1);
}
