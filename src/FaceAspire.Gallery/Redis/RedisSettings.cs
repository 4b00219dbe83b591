using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>A connection string, with the limits under which requests use Redis: one that is away must not hold them up.</summary>
public static class RedisSettings
{
    // Requests do not wait for connecting, so it may take what TLS to another zone takes.
    private const int ConnectMilliseconds = 2_000;
    private const int ReconnectMilliseconds = 1_000;

    /// <summary>Whether a text is a connection string.</summary>
    public static bool IsValid(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>Reads a valid connection string and limits what it allows.</summary>
    /// <param name="text">The connection string.</param>
    /// <param name="commandLimit">How long a command may take.</param>
    public static ConfigurationOptions Parse(string text, TimeSpan commandLimit)
    {
        int milliseconds = (int)commandLimit.TotalMilliseconds;
        var settings = ConfigurationOptions.Parse(text);
        settings.AbortOnConnectFail = false;
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        settings.ConnectTimeout = Math.Min(settings.ConnectTimeout, ConnectMilliseconds);
        settings.AsyncTimeout = Math.Min(settings.AsyncTimeout, milliseconds);
        settings.SyncTimeout = Math.Min(settings.SyncTimeout, milliseconds);
        settings.IncludeDetailInExceptions = false;
        return settings;
    }
}
