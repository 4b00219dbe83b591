using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace FaceAspire.Gateway.Forwarding;

/// <summary>Sends a request that found no connection to another replica, to each at most once: first those that look well, then the rest, which may have come back.
/// Ends with the request's deadline as everything does.</summary>
internal sealed class ConnectRetry(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (MayRetry(context))
        {
            await TryOthersAsync(context);
        }
    }

    private async Task TryOthersAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var untried = proxy.AllDestinations.ToList();
        while (MayRetry(context) && proxy.ProxiedDestination is { } tried && untried.Remove(tried) && untried.Count > 0)
        {
            var well = untried.FindAll(static replica => replica.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy });
            proxy.AvailableDestinations = well.Count > 0 ? well : untried;
            proxy.ProxiedDestination = null;
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.StatusCode = StatusCodes.Status200OK; // the proxy forwards nothing whose answer is set
            await next(context);
        }
    }

    private static bool MayRetry(HttpContext context) =>
        ConnectFailure.Ended(context) && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested;
}
