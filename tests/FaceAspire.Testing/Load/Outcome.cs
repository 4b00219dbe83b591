namespace FaceAspire.Testing.Load;

/// <summary>What became of one request.</summary>
/// <param name="Sent">When it was to be sent, from the beginning of the load.</param>
/// <param name="Latency">From then to the last byte of the answer, or to the failure.</param>
/// <param name="Status">HTTP status; 0 where there was no answer.</param>
/// <param name="Failure">The answer of a request that did not get 200, or why there was none; null for success.</param>
/// <param name="SaysWhenToRetry">Whether the answer had <c>Retry-After</c>.</param>
public readonly record struct Outcome(TimeSpan Sent, TimeSpan Latency, int Status, string? Failure, bool SaysWhenToRetry)
{
    /// <summary>Whether it was answered with 200.</summary>
    public bool IsSuccess => Status == 200;

    /// <summary>When it was over, from the beginning of the load.</summary>
    public TimeSpan Ended => Sent + Latency;

    /// <summary>Whether it was refused as the contract has it: 503 <c>service_unavailable</c> in the envelope, with <c>Retry-After</c>.</summary>
    public bool IsRefusal => Status == 503 && SaysWhenToRetry && Failure?.Contains("\"error_code\":\"service_unavailable\"", StringComparison.Ordinal) == true
        && Failure.Contains("\"request_id\":\"", StringComparison.Ordinal);
}
