using System.ComponentModel.DataAnnotations;
using FaceAspire.Edge.Access;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.Edge;

/// <summary>Who may call the service, how often, from which pages and under which path. Read from the environment once, at start.</summary>
internal sealed class EdgeOptions : IValidatableObject
{
    /// <summary>The origin that stands for every origin.</summary>
    public const string AnyOrigin = "*";

    private static readonly char[] _originSeparators = [';', ','];

    /// <summary>The keys, as <c>name:scope+scope:sha256-of-the-key-in-hex</c>, separated by <c>;</c>. Empty: no key is needed.</summary>
    [ConfigurationKeyName("API_KEYS")]
    public IReadOnlyList<string> ApiKeys { get; set; } = [];

    /// <summary>Requests a minute that a key, or an address without one, may make; as many at once after a pause. 0 for no limit.</summary>
    [ConfigurationKeyName("RATE_LIMIT_PER_MINUTE"), Range(0, 1_000_000)]
    public int RateLimitPerMinute { get; set; }

    /// <summary>Origins whose pages may call, separated by <c>;</c> or <c>,</c>; <c>*</c> for all. Empty: none.</summary>
    [ConfigurationKeyName("CORS_ORIGINS")]
    public string CorsOrigins { get; set; } = "";

    /// <summary>Path under which a proxy shows the service, such as <c>/faces</c>. Requests without it are answered too, since some proxies take it off.</summary>
    [ConfigurationKeyName("PATH_BASE"), RegularExpression(@"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+", ErrorMessage = "must start with / and not end with one, such as /faces")]
    public string PathBase { get; set; } = "";

    /// <summary>The origins one by one, as browsers send them.</summary>
    internal IReadOnlyList<string> Origins =>
        [.. CorsOrigins.Split(_originSeparators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(static origin => Canonical(origin) ?? origin)];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ApiKeyList.Parse(ApiKeys, out var failures);
        foreach (string failure in failures)
        {
            yield return new($"API_KEYS: {failure}");
        }

        var origins = Origins;
        foreach (string origin in origins.Where(static origin => origin != AnyOrigin && Canonical(origin) is null))
        {
            yield return new($"CORS_ORIGINS: must be origins such as https://app.example.org, without a path (value '{origin}')");
        }

        if (origins.Count > 1 && origins.Contains(AnyOrigin))
        {
            yield return new("CORS_ORIGINS: * stands for every origin and must stand alone");
        }
    }

    /// <summary>An origin in the form of the Origin header: lower case, the scheme's own port left out; null when it is none.</summary>
    private static string? Canonical(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 &&
        !origin.EndsWith('/') && !uri.Host.Contains('*', StringComparison.Ordinal)
            ? uri.GetLeftPart(UriPartial.Authority)
            : null;
}
