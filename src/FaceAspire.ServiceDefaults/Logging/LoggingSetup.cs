using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace FaceAspire.ServiceDefaults.Logging;

/// <summary>One line per event on stdout, with the request's id, as JSON or as text.</summary>
internal static class LoggingSetup
{
    private const string Lifetime = "Microsoft.Hosting.Lifetime";

    public static void Apply(ILoggingBuilder logging, HostingOptions options)
    {
        var level = options.Debug ? LogLevel.Debug : Parse(options.LogLevel);
        logging.ClearProviders();
        logging.SetMinimumLevel(level);

        // At any level: they write whole URLs, and of a signed one the query is the secret. The request's own line has the path.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", Max(level, LogLevel.Warning));
        logging.AddFilter("Yarp.ReverseProxy.Forwarder", Max(level, LogLevel.Warning));
        if (level > LogLevel.Debug)
        {
            // The framework's own steps are noise beside one line per request; where the service listens is not.
            logging.AddFilter("Microsoft", Max(level, LogLevel.Warning));
            logging.AddFilter("System", Max(level, LogLevel.Warning));
            logging.AddFilter("Polly", Max(level, LogLevel.Warning));
            logging.AddFilter(Lifetime, level);

            // A deadline that passed is the 504 of the request's line, not also a stack trace.
            logging.AddFilter("Microsoft.AspNetCore.Http.Timeouts", LogLevel.Error);

            // The proxy warns of every probe of a service that is down, and of every failed request with a stack trace: the gateway says both in a line.
            logging.AddFilter("Yarp", Max(level, LogLevel.Warning));
            logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.Critical);
            logging.AddFilter("Yarp.ReverseProxy.LoadBalancing", LogLevel.Critical);
            logging.AddFilter("Yarp.ReverseProxy.Health.ActiveHealthCheckMonitor", LogLevel.Critical);

            // Every poll of a part that is not ready would be an error; the warm-up says it once.
            logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);

            // A failed start is told in lines for an operator (ServiceHost), not also as a stack trace.
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        }

        bool asText = options.LogFormat.Equals("text", StringComparison.OrdinalIgnoreCase);
        logging.AddConsole(console => console.FormatterName = asText ? TextLineFormatter.FormatterName : JsonLineFormatter.FormatterName);
        logging.AddConsoleFormatter<JsonLineFormatter, ConsoleFormatterOptions>();
        logging.AddConsoleFormatter<TextLineFormatter, ConsoleFormatterOptions>();
    }

    private static LogLevel Max(LogLevel first, LogLevel second) => first > second ? first : second;

    private static LogLevel Parse(string name) => name.ToUpperInvariant() switch
    {
        "INFO" => LogLevel.Information,
        var known when Enum.TryParse<LogLevel>(known, ignoreCase: true, out var level) => level,
        _ => LogLevel.Information, // reported by the validation
    };
}
