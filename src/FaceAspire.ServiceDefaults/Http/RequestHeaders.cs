namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Headers of ours that go with a request, from the client or from service to service, and with its answer.</summary>
public static class RequestHeaders
{
    /// <summary>The request's id: 1 to 128 of <c>A-Za-z0-9._-</c>.</summary>
    public const string RequestId = "X-Request-Id";

    /// <summary>What that key may do, as <c>API_KEYS</c> has it: <c>read+enrol</c>. Set by the edge beside <see cref="Caller"/>.</summary>
    public const string CallerScopes = "X-Caller-Scopes";

    /// <summary>How long the caller will still wait, in milliseconds. Shortens a service's own deadline, never lengthens it.</summary>
    public const string TimeoutMs = "X-Request-Timeout-Ms";

    /// <summary>Name of the API key that the edge knows the request by. Set by the edge alone, which takes it off what clients send.</summary>
    public const string Caller = "X-Caller";

    /// <summary>How long the answer took, in milliseconds.</summary>
    public const string ResponseTimeMs = "X-Response-Time-Ms";

    /// <summary>Whether the embedding cache was of use: <c>hit</c>, <c>miss</c> or <c>bypass</c>.</summary>
    public const string Cache = "X-Cache";
}
