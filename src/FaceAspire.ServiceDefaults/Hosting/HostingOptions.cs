using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Where a service listens, how it logs, how long a request may take.</summary>
public sealed class HostingOptions : IValidatableObject
{
    /// <summary>Address to listen on, or <c>localhost</c>. Without effect where ASPNETCORE_URLS or HTTP_PORTS say otherwise.</summary>
    [ConfigurationKeyName("HOST"), Required]
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>Port to listen on; 0 for one that the system picks. Without effect where ASPNETCORE_URLS or HTTP_PORTS say otherwise.</summary>
    [ConfigurationKeyName("PORT"), Range(0, 65_535)]
    public int Port { get; set; } = 5_000;

    /// <summary>Logs everything, the framework's steps included.</summary>
    [ConfigurationKeyName("DEBUG")]
    public bool Debug { get; set; }

    /// <summary>Least level logged: DEBUG, INFO, WARNING, ERROR, or a name of .NET's.</summary>
    [ConfigurationKeyName("LOG_LEVEL"), RegularExpression("(?i)trace|debug|info|information|warning|error|critical|none", ErrorMessage = "must be DEBUG, INFO, WARNING or ERROR")]
    public string LogLevel { get; set; } = "INFO";

    /// <summary><c>json</c>, one object a line, or <c>text</c>.</summary>
    [ConfigurationKeyName("LOG_FORMAT"), RegularExpression("(?i)json|text", ErrorMessage = "must be json or text")]
    public string LogFormat { get; set; } = "json";

    /// <summary>Longest time a request may take, in seconds; also how long running requests may go on after SIGTERM.</summary>
    [ConfigurationKeyName("REQUEST_TIMEOUT_SECONDS"), Range(1, 3_600)]
    public int RequestTimeoutSeconds { get; set; } = 30;

    /// <summary>The address as ASP.NET Core takes it.</summary>
    internal string Url => IPAddress.TryParse(Host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? $"http://[{Host}]:{Port}"
        : $"http://{Host}:{Port}";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Host, out _) && !Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            yield return new($"HOST: must be an IP address or localhost (value '{Host}')");
        }
    }
}
