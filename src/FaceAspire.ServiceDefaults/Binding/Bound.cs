using System.Reflection;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FaceAspire.ServiceDefaults.Binding;

/// <summary>A request read from a JSON or multipart body, checked, with its pictures still in the body's memory, which lives until the answer is complete.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
public sealed class Bound<TRequest>
    where TRequest : IRequest<TRequest>
{
    private Bound(TRequest value) => Value = value;

    /// <summary>The request.</summary>
    public TRequest Value { get; }

    /// <summary>Reads the body; called by minimal APIs for handlers' parameters.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/> with every wrong field, <see cref="ErrorCode.ImageTooLarge"/>,
    /// or <see cref="ErrorCode.UnsupportedMediaType"/>.</exception>
#pragma warning disable CA1000 // minimal APIs look for this method on the parameter's own type
    public static async ValueTask<Bound<TRequest>> BindAsync(HttpContext context, ParameterInfo parameter)
#pragma warning restore CA1000
    {
        var images = context.RequestServices.GetRequiredService<IOptions<ImageOptions>>().Value;
        int limit = images.BodyLimit(TRequest.MaxImages);
        if (context.Request.ContentLength > limit)
        {
            throw new FaceAspireException(ErrorCode.ImageTooLarge, $"The body has {context.Request.ContentLength} bytes; this route accepts at most {limit}.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit; // ends a body of unknown length while it streams
        }

        var body = await ReadAsync(context, images.MaxImageBytes, limit);
        context.Response.RegisterForDispose(body);
        var fields = new RequestFields(body.Fields);
        var request = TRequest.Read(fields, context.RequestServices.GetRequiredService<ApiNames>());
        fields.ThrowIfInvalid();
        return new(request);
    }

    private static Task<RequestBody> ReadAsync(HttpContext context, int maxImageBytes, int limit)
    {
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type))
        {
            bool isUtf8 = !type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);
            if (isUtf8 && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
            {
                return JsonBody.ReadAsync(context.Request, limit, context.RequestAborted);
            }

            if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            {
                return MultipartBody.ReadAsync(context.Request, type, maxImageBytes, context.RequestAborted);
            }
        }

        throw new FaceAspireException(ErrorCode.UnsupportedMediaType, "Send application/json (UTF-8) or multipart/form-data.");
    }
}
