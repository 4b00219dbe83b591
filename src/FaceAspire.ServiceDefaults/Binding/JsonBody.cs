using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.ServiceDefaults.Binding;

/// <summary>A JSON body: one pooled buffer, in which the pictures stay.</summary>
internal static class JsonBody
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static async Task<RequestBody> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var read = await BoundedRead.ReadAsync(request.Body, limit, request.ContentLength, cancellationToken)
            ?? throw new FaceAspireException(ErrorCode.ImageTooLarge, $"The body has more than {limit} bytes.");
        var body = new RequestBody();
        body.Own(read.Rented);
        try
        {
            var json = read.Rented.AsMemory(0, read.Length);
            body.Fields = JsonFields.Read(json.Span.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }
}
