namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Headers that travel with a request from service to service.</summary>
public static class RequestHeaders
{
    /// <summary>The request's id, made or kept where it enters.</summary>
    public const string RequestId = "X-Request-Id";

    /// <summary>Whole milliseconds that the sender still waits for the answer.</summary>
    public const string TimeoutMs = "X-Request-Timeout-Ms";
}
