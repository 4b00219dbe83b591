using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Where a service listens, how it logs, how long a request may take.</summary>
internal sealed class HostingOptions : IValidatableObject
{
    /// <summary>Addresses to listen on, separated by <c>;</c>, in ASP.NET Core's form. Beats <see cref="HttpPorts"/>.</summary>
    [ConfigurationKeyName("ASPNETCORE_URLS")]
    public IReadOnlyList<string> Urls { get; set; } = [];

    /// <summary>Ports to listen on at every address, separated by <c>;</c>. Beats <see cref="Host"/> and <see cref="Port"/>.</summary>
    [ConfigurationKeyName("HTTP_PORTS")]
    public IReadOnlyList<string> HttpPorts { get; set; } = [];

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

    /// <summary>Host and port as ASP.NET Core takes them.</summary>
    internal string Url => IPAddress.TryParse(Host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? $"http://[{Host}]:{Port}"
        : $"http://{Host}:{Port}";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // IPAddress would also take [::1] and [::1]:80, which in a URL would no longer be that address.
        if ((Host.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(Host, out _)) && !Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            yield return new($"HOST: must be an IP address without brackets, or localhost (value '{Host}')");
        }

        foreach (string url in Urls.Where(static url => !IsAddress(url)))
        {
            yield return new($"ASPNETCORE_URLS: must be addresses such as http://127.0.0.1:5000 (value '{url}')");
        }

        foreach (string port in HttpPorts.Where(static port => !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            yield return new($"HTTP_PORTS: must be port numbers (value '{port}')");
        }
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Scheme.ToUpperInvariant() is "HTTP" or "HTTPS";
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
