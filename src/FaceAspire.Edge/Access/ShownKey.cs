using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FaceAspire.Edge.Access;

/// <summary>The key that a request carries: <c>X-API-Key</c>, else <c>Authorization: Bearer</c>.</summary>
internal static class ShownKey
{
    /// <summary>Name of the header that carries nothing but a key.</summary>
    public const string Header = "X-API-Key";

    private const string Scheme = "Bearer ";

    /// <summary>Takes the key off the request, so that nothing behind the edge can log it or send it on.</summary>
    /// <returns>The key; null when there is none, and when a header comes more than once.</returns>
    public static string? Take(IHeaderDictionary headers)
    {
        string? bearer = null;
        if (headers.TryGetValue(HeaderNames.Authorization, out var authorization) && authorization.Any(IsBearer))
        {
            headers.Remove(HeaderNames.Authorization);
            bearer = authorization is [{ } only] ? only[Scheme.Length..].Trim() : null;
        }

        return headers.Remove(Header, out var values) ? (values is [var key] ? key?.Trim() : null) : bearer;
    }

    private static bool IsBearer(string? value) => value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true;
}
