using System.Buffers;
using FaceAspire.ServiceDefaults.Http;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Who asks, as far as the edge knows.</summary>
/// <param name="Name">Name of the API key; <c>anonymous</c> where none is needed.</param>
/// <param name="MayEnrol">Whether the key may change galleries; everybody may where no key is needed.</param>
internal sealed record Caller(string Name, bool MayEnrol)
{
    private const int MaxLength = 64;

    private static readonly SearchValues<char> _allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Called by minimal APIs for handlers' parameters.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        return new(new Caller(
            headers[RequestHeaders.Caller] is [{ Length: > 0 and <= MaxLength } name] && !name.AsSpan().ContainsAnyExcept(_allowed) ? name : "anonymous",
            headers[RequestHeaders.CallerScopes] is not [{ } scopes] || scopes.Split('+').Contains("enrol")));
    }
}
