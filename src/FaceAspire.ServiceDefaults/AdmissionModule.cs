using FaceAspire.Contracts.Errors;
using FaceAspire.ServiceDefaults.Admission;
using FaceAspire.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults;

/// <summary>The one door for requests with pictures. A request is let in or turned away once, before its body is read: so bodies have a bound in
/// number as well as in size, what is refused costs nothing, and what was let in is never refused half done.</summary>
public static class AdmissionModule
{
    private const string Policy = "admission";

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Puts routes behind the door.</summary>
    public static TBuilder RequireAdmission<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.RequireRateLimiting(Policy);

    internal static void AddAdmission(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<AdmissionOptions>();
        builder.Services.AddRateLimiter(static limiter => limiter.OnRejected = static (context, _) => new(ErrorEnvelope.WriteAsync(
            context.HttpContext,
            new(ErrorCode.ServiceUnavailable, "The service is overloaded; come again in a moment.") { RetryAfter = _retryAfter })));
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<AdmissionOptions>>(static (limiter, options) =>
            limiter.AddConcurrencyLimiter(Policy, door => door.PermitLimit = options.Value.MaxRequests));
    }
}
