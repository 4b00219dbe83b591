using FaceAspire.Contracts.Errors;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAspire.ServiceDefaults.Errors;

/// <summary>Turns whatever was thrown into an answer in the envelope.</summary>
internal sealed partial class ErrorEnvelopeHandler(ILogger<ErrorEnvelopeHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested && exception is not FaceAspireException)
        {
            return true; // The client has gone: nobody reads a body, and this is no error of ours.
        }

        var failure = exception switch
        {
            FaceAspireException known => known,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                new(ErrorCode.ImageTooLarge, "The body is larger than this route accepts.", exception),
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } =>
                new(ErrorCode.UnsupportedMediaType, "Send application/json or multipart/form-data.", exception),
            BadHttpRequestException => new(ErrorCode.ValidationError, "The body could not be read as this route expects it.", exception)
            {
                Fields = [new("body", "is broken off or not of the form that its headers say")],
            },
            _ => new FaceAspireException(ErrorCode.InternalError, "Unexpected failure; the log has it under this request id.", exception),
        };
        if (failure.Code.Status >= StatusCodes.Status500InternalServerError && failure.Code != ErrorCode.ModelUnavailable && failure.Code != ErrorCode.ServiceUnavailable && failure.Code != ErrorCode.Timeout)
        {
            LogFailed(failure.InnerException ?? failure, failure.Code.Name);
        }
        else
        {
            LogRefused(failure.Code.Name, failure.Message);
        }

        await ErrorEnvelope.WriteAsync(httpContext, failure);
        return true;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Request failed with {ErrorCode}")]
    private partial void LogFailed(Exception exception, string errorCode);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "Request refused with {ErrorCode}: {Reason}")]
    private partial void LogRefused(string errorCode, string reason);
}
