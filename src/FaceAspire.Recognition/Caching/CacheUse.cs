using FaceAspire.ServiceDefaults.Http;
using Microsoft.Net.Http.Headers;

namespace FaceAspire.Recognition.Caching;

/// <summary>A request's wish about the cache, and what became of it: bound from <c>Cache-Control</c>, told in <c>X-Cache</c>. Safe on many threads: a request embeds its pictures side by side.</summary>
/// <param name="policy">The wish.</param>
internal sealed class CacheUse(CachePolicy policy)
{
    private int _hits;
    private int _misses;
    private int _bypasses;

    /// <summary>What the cache may do.</summary>
    public CachePolicy Policy { get; } = policy;

    /// <summary>The whole request in one word: a hit only when every picture was one; null when no picture was asked for.</summary>
    public string? Summary => (_hits, _misses, _bypasses) switch
    {
        (_, _, > 0) => "bypass",
        (_, > 0, _) => "miss",
        ( > 0, _, _) => "hit",
        _ => null,
    };

    /// <summary>Called by minimal APIs for handlers' parameters. Only a successful answer tells of the cache.</summary>
    public static ValueTask<CacheUse> BindAsync(HttpContext context)
    {
        var use = new CacheUse(PolicyOf(context.Request));
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode == StatusCodes.Status200OK && use.Summary is { } summary)
            {
                context.Response.Headers[RequestHeaders.Cache] = summary;
            }

            return Task.CompletedTask;
        });
        return new(use);
    }

    /// <summary>Notes how one picture got its embeddings.</summary>
    public void Record(CacheResult result)
    {
        switch (result)
        {
            case CacheResult.Hit:
                Interlocked.Increment(ref _hits);
                break;
            case CacheResult.Miss:
                Interlocked.Increment(ref _misses);
                break;
            default:
                Interlocked.Increment(ref _bypasses);
                break;
        }
    }

    private static CachePolicy PolicyOf(HttpRequest request) =>
        CacheControlHeaderValue.TryParse(request.Headers.CacheControl.ToString(), out var control)
            ? control switch
            {
                { NoStore: true } => CachePolicy.Ignore,
                { NoCache: true } => CachePolicy.Refresh,
                _ => CachePolicy.Use,
            }
            : CachePolicy.Use;
}
