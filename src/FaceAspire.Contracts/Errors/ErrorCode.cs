namespace FaceAspire.Contracts.Errors;

/// <summary>The closed list of failures that a client can meet: the wire name and the HTTP status that goes with it.</summary>
public sealed class ErrorCode
{
    /// <summary>The request is not JSON, or fields are missing, unknown-valued or of the wrong type.</summary>
    public static readonly ErrorCode ValidationError = new("validation_error", 422);

    /// <summary>The picture cannot be had or read: bad base64, unreachable URL, missing file, corrupt or unsupported image.</summary>
    public static readonly ErrorCode ImageDecodeError = new("image_decode_error", 400);

    /// <summary>More bytes or more pixels than the service accepts.</summary>
    public static readonly ErrorCode ImageTooLarge = new("image_too_large", 413);

    /// <summary>Detection is enforced and found nothing.</summary>
    public static readonly ErrorCode NoFaceDetected = new("no_face_detected", 422);

    /// <summary>A real face is required, and one is that of a print or a screen.</summary>
    public static readonly ErrorCode SpoofDetected = new("spoof_detected", 422);

    /// <summary>The configured folder of known faces does not exist.</summary>
    public static readonly ErrorCode DbNotFound = new("db_not_found", 400);

    /// <summary>The service, or one it needs, is down, overloaded or not configured.</summary>
    public static readonly ErrorCode ServiceUnavailable = new("service_unavailable", 503);

    /// <summary>A known model whose weights are not on this machine.</summary>
    public static readonly ErrorCode ModelUnavailable = new("model_unavailable", 503);

    /// <summary>A network failed while it ran.</summary>
    public static readonly ErrorCode InferenceError = new("deepface_error", 500);

    /// <summary>A failure nobody foresaw.</summary>
    public static readonly ErrorCode InternalError = new("internal_error", 500);

    /// <summary>No such route, or no gallery, subject or face of that name.</summary>
    public static readonly ErrorCode NotFound = new("not_found", 404);

    /// <summary>The route exists, with another verb.</summary>
    public static readonly ErrorCode MethodNotAllowed = new("method_not_allowed", 405);

    /// <summary>The body is neither JSON nor a multipart form.</summary>
    public static readonly ErrorCode UnsupportedMediaType = new("unsupported_media_type", 415);

    /// <summary>The request's deadline passed.</summary>
    public static readonly ErrorCode Timeout = new("timeout", 504);

    /// <summary>API keys are configured, and the request has none or an unknown one.</summary>
    public static readonly ErrorCode Unauthorized = new("unauthorized", 401);

    /// <summary>The request's API key lacks the scope that the route wants.</summary>
    public static readonly ErrorCode Forbidden = new("forbidden", 403);

    /// <summary>More requests than a key or an address may send; comes with a time to come again.</summary>
    public static readonly ErrorCode RateLimited = new("rate_limited", 429);

    private ErrorCode(string name, int status) => (Name, Status) = (name, status);

    /// <summary>Every code, in the order of the table in the README.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        ValidationError, ImageDecodeError, ImageTooLarge, NoFaceDetected, SpoofDetected, DbNotFound, ServiceUnavailable, ModelUnavailable,
        InferenceError, InternalError, NotFound, MethodNotAllowed, UnsupportedMediaType, Timeout, Unauthorized, Forbidden, RateLimited,
    ];

    /// <summary>What stands in <c>error_code</c>.</summary>
    public string Name { get; }

    /// <summary>The HTTP status of the answer.</summary>
    public int Status { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
