using System.Globalization;
using FaceAspire.Contracts.Errors;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.ServiceDefaults.Errors;

/// <summary>Writes the one shape that every error answer has.</summary>
public static class ErrorEnvelope
{
    /// <summary>Answers with a failure. The response must not have started.</summary>
    public static Task WriteAsync(HttpContext context, FaceAspireException failure)
    {
        var response = context.Response;
        response.StatusCode = failure.Code.Status;
        if (failure.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var error = new ErrorResponse(
            Success: false,
            failure.Code.Name,
            failure.Message,
            context.TraceIdentifier,
            new(failure.Fields.Count > 0 ? failure.Fields : null));

        // Not the request's token: a request whose deadline passed still gets its answer.
        return new Answer<ErrorResponse>(error).WriteAsync(context, CancellationToken.None);
    }

    /// <summary>The failure behind a bare status that routing or the server set.</summary>
    public static FaceAspireException? OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new(ErrorCode.NotFound, $"There is no {context.Request.Path}; GET / lists what there is."),
        StatusCodes.Status405MethodNotAllowed => new(ErrorCode.MethodNotAllowed, $"{context.Request.Path} does not answer {context.Request.Method}."),
        StatusCodes.Status413PayloadTooLarge => new(ErrorCode.ImageTooLarge, "The body is larger than this route accepts."),
        StatusCodes.Status415UnsupportedMediaType => new(ErrorCode.UnsupportedMediaType, "Send application/json or multipart/form-data."),
        >= 400 and < 500 => new(ErrorCode.ValidationError, "The request cannot be read."),
        StatusCodes.Status503ServiceUnavailable => new(ErrorCode.ServiceUnavailable, "The service is not available at the moment."),
        >= 500 => new(ErrorCode.InternalError, "Unexpected failure; the log has it under this request id."),
        _ => null,
    };
}
