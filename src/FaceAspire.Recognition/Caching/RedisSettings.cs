using StackExchange.Redis;

namespace FaceAspire.Recognition.Caching;

/// <summary>A connection string, with the limits under which a cache is of use: a Redis that is away must cost a request next to nothing.</summary>
internal static class RedisSettings
{
    /// <summary>How long a request waits for a command, in milliseconds.</summary>
    public const int CommandMilliseconds = 250;

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
    public static ConfigurationOptions Parse(string text)
    {
        var settings = ConfigurationOptions.Parse(text);
        settings.AbortOnConnectFail = false;
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        settings.ConnectTimeout = Math.Min(settings.ConnectTimeout, ConnectMilliseconds);
        settings.AsyncTimeout = Math.Min(settings.AsyncTimeout, CommandMilliseconds);
        settings.SyncTimeout = Math.Min(settings.SyncTimeout, CommandMilliseconds);
        settings.IncludeDetailInExceptions = false;
        return settings;
    }
}
