using System.Text.Json.Serialization;

namespace FaceAspire.Contracts.Errors;

/// <summary>The one shape of every error answer.</summary>
/// <param name="Success">Always false.</param>
/// <param name="ErrorCode">Name of an <see cref="Errors.ErrorCode"/>.</param>
/// <param name="Message">What went wrong, for a person.</param>
/// <param name="RequestId">The request's id, as in the header and in every log line.</param>
/// <param name="Details">More about it; an empty object where there is no more.</param>
public sealed record ErrorResponse(bool Success, string ErrorCode, string Message, string RequestId, ErrorDetails Details);

/// <summary>What an error answer adds to its message.</summary>
/// <param name="Fields">The wrong fields, of a <c>validation_error</c> only.</param>
public sealed record ErrorDetails([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Fields = null);
