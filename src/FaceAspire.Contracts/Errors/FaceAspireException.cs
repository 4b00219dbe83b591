namespace FaceAspire.Contracts.Errors;

/// <summary>A failure that the caller of the API should hear about, in words meant for the caller.</summary>
/// <param name="code">What kind of failure; decides the HTTP status.</param>
/// <param name="message">What went wrong and what the caller can do. Never holds a path of the server.</param>
/// <param name="cause">What was caught, for the log.</param>
public sealed class FaceAspireException(ErrorCode code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What kind of failure.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>The wrong fields of the request; empty for every other failure.</summary>
    public IReadOnlyList<FieldError> Fields { get; init; } = [];

    /// <summary>When it makes sense to come again, where that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The failure of a request with wrong fields.</summary>
    /// <param name="fields">All of them.</param>
    /// <param name="cause">What was caught, for the log.</param>
    public static FaceAspireException OfFields(IReadOnlyList<FieldError> fields, Exception? cause = null) =>
        new(ErrorCode.ValidationError, "Request validation failed", cause) { Fields = fields };

    /// <summary>The failure of a request with one wrong field.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="msg">What is wrong with it, worded to follow its name.</param>
    /// <param name="cause">What was caught, for the log.</param>
    public static FaceAspireException OfField(string field, string msg, Exception? cause = null) => OfFields([new(field, msg)], cause);
}
