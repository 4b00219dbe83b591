namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Headers that go with a request from service to service.</summary>
public static class RequestHeaders
{
    /// <summary>The request's id: 1 to 128 of <c>A-Za-z0-9._-</c>.</summary>
    public const string RequestId = "X-Request-Id";

    /// <summary>How long the caller will still wait, in milliseconds. Shortens a service's own deadline, never lengthens it.</summary>
    public const string TimeoutMs = "X-Request-Timeout-Ms";
}
