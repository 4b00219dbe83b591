using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Edge.Limits;
using FaceAspire.ServiceDefaults.Errors;
using FaceAspire.ServiceDefaults.Http;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.Edge.Access;

/// <summary>Lets a request in or turns it away by its key and by how many came before, without a look at its body.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, ApiKeyList keys, ClientLimits limits)
{
    private const string Challenge = "Bearer realm=\"FaceAspire\"";

    private static readonly Scopes[] _scopes = [Scopes.Read, Scopes.Enrol, Scopes.Admin];

    public Task InvokeAsync(HttpContext context)
    {
        var rule = AccessTable.RuleFor(context.Request.Method, context.Request.Path);
        string? shown = ShownKey.Take(context.Request.Headers);
        var key = keys.Find(shown);
        Activity.Current?.SetTag("api_key.name", key?.Name);
        NameCaller(context.Request.Headers, key);

        // Before the answer about the key, so that trying keys has the same limit.
        if (rule.IsLimited && limits.TryTake(key, context.Connection.RemoteIpAddress) is { } wait)
        {
            return ErrorEnvelope.WriteAsync(context, new(ErrorCode.RateLimited, "Too many requests; come again after the time in Retry-After.") { RetryAfter = wait });
        }

        if (!keys.AreNeeded || rule.Needs == Scopes.None)
        {
            return next(context);
        }

        if (key is null)
        {
            context.Response.Headers.WWWAuthenticate = shown is null ? Challenge : $"{Challenge}, error=\"invalid_token\"";
            return ErrorEnvelope.WriteAsync(context, new(ErrorCode.Unauthorized, "Send one valid API key, in X-API-Key or as Authorization: Bearer."));
        }

        return key.Has(rule.Needs)
            ? next(context)
            : ErrorEnvelope.WriteAsync(context, new(ErrorCode.Forbidden, $"This key lacks the scope {NameOf(rule.Needs)} that the request needs."));
    }

    /// <summary>Tells who is behind the edge whose key it was and what it may do, whatever the client claims.</summary>
    private static void NameCaller(IHeaderDictionary headers, ApiKey? key)
    {
        if (key is null)
        {
            headers.Remove(RequestHeaders.Caller);
            headers.Remove(RequestHeaders.CallerScopes);
        }
        else
        {
            headers[RequestHeaders.Caller] = key.Name;
            headers[RequestHeaders.CallerScopes] = string.Join('+', _scopes.Where(key.Has).Select(NameOf));
        }
    }

    private static string NameOf(Scopes scope) => scope switch
    {
        Scopes.Read => "read",
        Scopes.Enrol => "enrol",
        _ => "admin",
    };
}
