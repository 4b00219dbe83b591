using FaceAspire.Contracts.Errors;
using Yarp.ReverseProxy.Forwarder;

namespace FaceAspire.Gateway.Forwarding;

/// <summary>Outermost in the proxy: refuses bodies that are too long by their own account, and turns what the proxy could not do into a failure of the API.
/// What a service itself answers passes as it is.</summary>
internal sealed partial class ForwardingFailures(RequestDelegate next, ILogger<ForwardingFailures> logger)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(2);

    public async Task InvokeAsync(HttpContext context)
    {
        var route = context.GetReverseProxyFeature().Route.Config;
        if (route.MaxRequestBodySize >= 0 && context.Request.ContentLength > route.MaxRequestBodySize)
        {
            throw new FaceAspireException(
                ErrorCode.ImageTooLarge, $"The body has {context.Request.ContentLength} bytes; this route accepts at most {route.MaxRequestBodySize}.");
        }

        await next(context);

        // An answer that had started and could not be finished was broken off by the proxy: the client sees that it is not whole.
        if (!context.Response.HasStarted)
        {
            ThrowOnFailure(context, route.ClusterId ?? "");
        }
    }

    private void ThrowOnFailure(HttpContext context, string service)
    {
        if (context.Features.Get<IForwarderErrorFeature>() is { } error)
        {
            // The deadline, or the client that left; whoever set the token knows which, and answers.
            context.RequestAborted.ThrowIfCancellationRequested();
            if (RefusalOf(error.Exception) is { } refusal)
            {
                throw new BadHttpRequestException(refusal.Message, refusal.StatusCode, refusal);
            }

            if (error.Error is not (ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled)) // else the client's connection broke: nobody hears
            {
                string replica = context.GetReverseProxyFeature().ProxiedDestination?.Model.Config.Address ?? "no address";
                LogFailed(service, replica, error.Error, Reason(error.Exception));
                throw new FaceAspireException(ErrorCode.ServiceUnavailable, Describe(service, error), error.Exception) { RetryAfter = _retryAfter };
            }
        }
        else if (context.Features.Get<ForeignFailure>() is { } foreign)
        {
            LogForeign(service, foreign.Status);
            throw foreign.Status switch
            {
                StatusCodes.Status504GatewayTimeout or StatusCodes.Status408RequestTimeout => new FaceAspireException(ErrorCode.Timeout, $"The {service} service did not answer in time."),

                // No such route there: whoever answered is not the service, which has all routes of the table.
                StatusCodes.Status404NotFound or StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError =>
                    new FaceAspireException(ErrorCode.ServiceUnavailable, $"The {service} service is not available at the moment.") { RetryAfter = _retryAfter },
                _ => new BadHttpRequestException("Refused before it reached the service.", foreign.Status),
            };
        }
    }

    private static string Describe(string service, IForwarderErrorFeature error) => error.Error switch
    {
        ForwarderError.NoAvailableDestinations => $"The {service} service has no replica at the moment.",
        _ when ConnectFailure.Is(error) => $"The {service} service cannot be reached at the moment.",
        ForwarderError.RequestBodyDestination => $"The {service} service did not take the whole request; it may be overloaded.",
        _ => $"The {service} service broke off before its answer.",
    };

    /// <summary>What the server here had against the request's body (its length, its framing, its pace), which ended its forwarding.</summary>
    private static BadHttpRequestException? RefusalOf(Exception? exception) => exception switch
    {
        BadHttpRequestException refusal => refusal,
        AggregateException all => all.InnerExceptions.OfType<BadHttpRequestException>().FirstOrDefault(),
        _ => null,
    };

    private static string Reason(Exception? exception) => exception switch
    {
        null => "none",
        AggregateException { InnerExceptions: [var first, ..] } => Reason(first),
        { InnerException: { } inner } => Reason(inner),
        _ => exception.Message,
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Service} at {Replica} failed with {Error}: {Reason}")]
    private partial void LogFailed(string service, string replica, ForwarderError error, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Service} is answered for with {Status}, not by the service itself")]
    private partial void LogForeign(string service, int status);
}
