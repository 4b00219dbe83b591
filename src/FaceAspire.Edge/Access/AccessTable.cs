using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.Edge.Access;

/// <summary>What every request needs, by method and path alone: the same whether a handler answers it here or a service behind a proxy's route. What lies outside
/// <c>/api/v1</c> and is not in the table wants the strongest key, so that a route that nobody thought of is not open.</summary>
internal static class AccessTable
{
    private const string Reading = "GET|HEAD";

    /// <summary>The first that matches counts.</summary>
    private static readonly AccessRule[] _rules =
    [
        new(Reading, "/health", Scopes.None, IsLimited: false),
        new(Reading, "/health/live", Scopes.None, IsLimited: false),
        new(Reading, "/health/ready", Scopes.None, IsLimited: false),
        new(Reading, "/alive", Scopes.None, IsLimited: false),
        new(Reading, "", Scopes.None),
        new(Reading, "/openapi/v1.json", Scopes.None),
        new(Reading, "/scalar/**", Scopes.None),
        new(Reading, "/api/v1/galleries/**", Scopes.Read),
        new("POST", "/api/v1/galleries/*/search", Scopes.Read),
        new("POST", "/api/v1/galleries/*/subjects/*/verify", Scopes.Read),
        new("DELETE", "/api/v1/galleries/*", Scopes.Admin),
        new("*", "/api/v1/galleries/**", Scopes.Enrol),
        new("*", "/api/v1/**", Scopes.Read),
    ];

    private static readonly AccessRule _everythingElse = new("*", "/**", Scopes.Admin);

    // Decoded once and still escaped, a backslash, empty and dot segments: whoever decodes again, or tidies up, may read another path than the one looked up here.
    private static readonly SearchValues<string> _ambiguous = SearchValues.Create(["%", "\\", "//", "/."], StringComparison.Ordinal);

    /// <summary>The rule for a request.</summary>
    public static AccessRule RuleFor(string method, PathString path)
    {
        var text = path.Value.AsSpan();
        if (text.ContainsAny(_ambiguous))
        {
            return _everythingElse;
        }

        text = text.EndsWith("/") ? text[..^1] : text; // routing takes one, too
        foreach (var rule in _rules)
        {
            if (rule.Matches(method, text))
            {
                return rule;
            }
        }

        return _everythingElse;
    }
}
