using System.Globalization;
using FaceAspire.ServiceDefaults.Calls;
using FaceAspire.ServiceDefaults.Http;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FaceAspire.Gateway.Forwarding;

/// <summary>What a service hears besides the client's own headers, and what of its answer stays inside.</summary>
/// <remarks>X-Forwarded-* are set by the proxy, never appended to what the client claims; hop-by-hop headers end here.</remarks>
internal sealed class ServiceHeaders : ITransformProvider
{
    // The edge has judged them; no service needs them.
    private static readonly string[] _credentials = [HeaderNames.Authorization, HeaderNames.Cookie, "X-API-Key"];

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        foreach (string name in _credentials)
        {
            context.AddRequestHeaderRemove(name);
        }

        context.AddRequestTransform(SetRequestHeaders);
        context.AddResponseHeaderRemove(HeaderNames.Server, ResponseCondition.Always);
        context.AddResponseTransform(HoldForeignFailure);
    }

    private static ValueTask SetRequestHeaders(RequestTransformContext context)
    {
        Set(context.ProxyRequest, RequestHeaders.RequestId, context.HttpContext.TraceIdentifier);
        if (context.HttpContext.Features.Get<RequestDeadline>() is { } deadline)
        {
            Set(context.ProxyRequest, RequestHeaders.TimeoutMs, Math.Max(1, (int)deadline.Remaining.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        }

        if (context.ProxyRequest.Content is not null && context.HttpContext.Request.ContentLength is not <= CallLimits.LongBody)
        {
            context.ProxyRequest.Headers.ExpectContinue = true; // the body follows when the service begins to read
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask HoldForeignFailure(ResponseTransformContext context)
    {
        if (context.ProxyResponse is { } answer && (int)answer.StatusCode >= StatusCodes.Status400BadRequest
            && answer.Content.Headers.ContentType?.MediaType?.Equals("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            context.SuppressResponseBody = true;
            context.HttpContext.Features.Set(new ForeignFailure((int)answer.StatusCode));
        }

        return ValueTask.CompletedTask;
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
