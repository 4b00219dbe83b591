using Yarp.ReverseProxy.Forwarder;

namespace FaceAspire.Gateway.Forwarding;

/// <summary>Tells failures to get a connection from all others: only of these it is certain that the replica saw nothing of the request, and that nothing of the body was read
/// (the body is copied into a connection, never before there is one).</summary>
internal static class ConnectFailure
{
    /// <summary>Whether the last attempt ended so.</summary>
    public static bool Ended(HttpContext context) => Is(context.Features.Get<IForwarderErrorFeature>());

    /// <summary>Whether this is such a failure.</summary>
    public static bool Is(IForwarderErrorFeature? error) => error is
    { Error: ForwarderError.Request, Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } }
    or
    { Error: ForwarderError.RequestTimedOut, Exception: OperationCanceledException { InnerException: TimeoutException } }; // SocketsHttpHandler.ConnectTimeout
}
