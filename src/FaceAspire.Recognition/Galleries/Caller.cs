using System.Buffers;
using FaceAspire.ServiceDefaults.Http;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Who changes a gallery, as far as the edge knows.</summary>
/// <param name="Name">Name of the API key; <c>anonymous</c> where none is needed.</param>
internal sealed record Caller(string Name)
{
    private const int MaxLength = 64;

    private static readonly SearchValues<char> _allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Called by minimal APIs for handlers' parameters.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        new(new Caller(context.Request.Headers[RequestHeaders.Caller] is [{ Length: > 0 and <= MaxLength } name] && !name.AsSpan().ContainsAnyExcept(_allowed) ? name : "anonymous"));
}
