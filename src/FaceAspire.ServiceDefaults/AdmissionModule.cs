using System.Threading.RateLimiting;
using FaceAspire.Contracts.Errors;
using FaceAspire.ServiceDefaults.Admission;
using FaceAspire.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
    /// <param name="routes">The routes.</param>
    /// <param name="door">Which door, where there are several: each has the whole bound to itself, so that requests that are stuck behind one do not fill the others.</param>
    /// <param name="callsPerRequest">How many of these calls one admitted request of a caller makes: so many times the bound get in, so that no request is refused half done.</param>
    public static TBuilder RequireAdmission<TBuilder>(this TBuilder routes, string door = "", int callsPerRequest = 1)
        where TBuilder : IEndpointConventionBuilder => routes.RequireRateLimiting(Policy).WithMetadata(new AdmissionDoor(door, callsPerRequest));

    internal static void AddAdmission(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<AdmissionOptions>();
        builder.Services.AddRateLimiter(static limiter => limiter.OnRejected = static (context, _) => new(ErrorEnvelope.WriteAsync(
            context.HttpContext,
            new(ErrorCode.ServiceUnavailable, "The service is overloaded; come again in a moment.") { RetryAfter = _retryAfter })));
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<AdmissionOptions>>(static (limiter, options) =>
        {
            int bound = options.Value.MaxRequests;
            limiter.AddPolicy(Policy, context => RateLimitPartition.GetConcurrencyLimiter(
                DoorOf(context), door => new ConcurrencyLimiterOptions { PermitLimit = bound * door.CallsPerRequest }));
        });
    }

    private static AdmissionDoor DoorOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<AdmissionDoor>() ?? new("", CallsPerRequest: 1);

    private sealed record AdmissionDoor(string Name, int CallsPerRequest);
}
