using System.Globalization;
using FaceAspire.ServiceDefaults.Http;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.ServiceDefaults.Calls;

/// <summary>Sends the id of the request that is being answered along with calls to other services, and what is left of its time where it is the only one that waits.</summary>
internal sealed class RequestContextHandler(IHttpContextAccessor accessor) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (accessor.HttpContext is { } context)
        {
            request.Headers.TryAddWithoutValidation(RequestHeaders.RequestId, context.TraceIdentifier);
            if (!SharedWork.IsRunning && context.Features.Get<RequestDeadline>() is { } deadline)
            {
                request.Headers.TryAddWithoutValidation(
                    RequestHeaders.TimeoutMs, ((int)deadline.Remaining.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
            }
        }

        return base.SendAsync(request, cancellationToken);
    }
}
