using FaceAspire.Edge.Access;
using FaceAspire.ServiceDefaults.Http;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FaceAspire.Edge;

/// <summary>What pages of other origins may do. Settings are read with the first request: proxies ask for the policies while the host is built, before settings were checked.</summary>
internal sealed class OriginPolicy(IOptions<EdgeOptions> options) : ICorsPolicyProvider
{
    private static readonly TimeSpan _preflightAge = TimeSpan.FromHours(1);

    private readonly Lazy<CorsPolicy> _policy = new(() => Describe(options.Value.Origins));

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) => Task.FromResult<CorsPolicy?>(_policy.Value);

    private static CorsPolicy Describe(IReadOnlyList<string> origins)
    {
        var policy = new CorsPolicyBuilder();
        _ = origins is [EdgeOptions.AnyOrigin] ? policy.AllowAnyOrigin() : policy.WithOrigins([.. origins]);
        return policy
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders(ShownKey.Header, HeaderNames.Authorization, HeaderNames.ContentType, RequestHeaders.RequestId, HeaderNames.CacheControl)
            .WithExposedHeaders(RequestHeaders.RequestId, RequestHeaders.ResponseTimeMs, RequestHeaders.Cache, HeaderNames.RetryAfter)
            .SetPreflightMaxAge(_preflightAge)
            .Build();
    }
}
