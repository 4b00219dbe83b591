using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults;

/// <summary>A successful JSON answer with its length: written once, into memory, so that small answers are known to be small and are not compressed.</summary>
/// <typeparam name="T">Type of the answer, known to the source-generated JSON context.</typeparam>
/// <param name="value">The answer.</param>
public sealed class Answer<T>(T value) : IResult, IEndpointMetadataProvider
{
    /// <summary>The answer.</summary>
    public T Value { get; } = value;

    /// <inheritdoc/>
    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, httpContext.RequestAborted);

    /// <summary>The same under a token of the caller's.</summary>
    internal Task WriteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(Value, options.GetTypeInfo(typeof(T)));
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, cancellationToken).AsTask();
    }
}
