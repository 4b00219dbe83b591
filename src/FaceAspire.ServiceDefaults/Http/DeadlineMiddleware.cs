using System.Globalization;
using FaceAspire.Contracts.Errors;
using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Notes the request's deadline, so that calls to other services carry what is left of it, and ends the work when the caller's time is up
/// before the service's own. The service's own limit is ASP.NET Core's request timeout.</summary>
internal sealed class DeadlineMiddleware(RequestDelegate next, IOptions<HostingOptions> options)
{
    private readonly TimeSpan _ownLimit = TimeSpan.FromSeconds(options.Value.RequestTimeoutSeconds);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
        {
            await next(context); // a stream that may take as long as it moves
            return;
        }

        if (!int.TryParse(context.Request.Headers[RequestHeaders.TimeoutMs], NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds)
            || milliseconds >= _ownLimit.TotalMilliseconds)
        {
            context.Features.Set(new RequestDeadline(_ownLimit));
            await next(context);
            return;
        }

        var limit = TimeSpan.FromMilliseconds(milliseconds);
        context.Features.Set(new RequestDeadline(limit));
        var before = context.RequestAborted;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(before);
        stop.CancelAfter(limit);
        context.RequestAborted = stop.Token;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException exception) when (stop.IsCancellationRequested && !before.IsCancellationRequested && !context.Response.HasStarted)
        {
            throw new FaceAspireException(ErrorCode.Timeout, "The request's deadline passed.", exception);
        }
        finally
        {
            context.RequestAborted = before;
        }
    }
}
