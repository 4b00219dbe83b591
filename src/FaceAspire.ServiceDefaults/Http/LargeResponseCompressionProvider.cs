using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Compresses answers over 1 kB only: below, the head of the compressed stream eats the gain. Leaves alone what another service answered.</summary>
internal sealed class LargeResponseCompressionProvider(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    private const long SmallestCompressed = 1_024;

    public override bool ShouldCompressResponse(HttpContext context) =>
        context.Response.ContentLength is not < SmallestCompressed && context.GetEndpoint()?.Metadata.GetMetadata<PassedOnAnswer>() is null && base.ShouldCompressResponse(context);
}
