using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FaceAspire.ServiceDefaults.Binding;

/// <summary>A multipart form: file parts are pictures, the others are fields. Parts are read as they stream, each into pooled memory.</summary>
internal static class MultipartBody
{
    // The longest list of pictures, and every other field besides.
    private const int MaxParts = 96;
    private const int MaxBoundary = 128;

    public static async Task<RequestBody> ReadAsync(HttpRequest request, MediaTypeHeaderValue type, int maxImageBytes, CancellationToken cancellationToken)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value ?? "";
        if (boundary.Length is 0 or > MaxBoundary)
        {
            throw Invalid("has no usable multipart boundary");
        }

        var body = new RequestBody();
        try
        {
            body.Fields = await ReadPartsAsync(body, new(boundary, request.Body), maxImageBytes, cancellationToken);
            return body;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            body.Dispose();
            throw Invalid("is not a readable multipart form", exception);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static async Task<Dictionary<string, FieldValue>> ReadPartsAsync(RequestBody body, MultipartReader reader, int maxImageBytes, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, FieldValue>(StringComparer.Ordinal);
        for (int parts = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } part; parts++)
        {
            if (parts == MaxParts)
            {
                throw Invalid($"has more than {MaxParts} parts");
            }

            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name).Value is not { Length: > 0 } name)
            {
                throw Invalid("has a part without a name");
            }

            bool isFile = disposition.FileName.HasValue || disposition.FileNameStar.HasValue || part.ContentType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;

            // A text field may be a picture too, as base64.
            int limit = isFile ? maxImageBytes : (int)Math.Min(Array.MaxLength, ((4L * maxImageBytes) + 2) / 3);
            var read = await BoundedRead.ReadAsync(part.Body, limit, expected: null, cancellationToken)
                ?? throw new FaceAspireException(ErrorCode.ImageTooLarge, $"{name}: the image has more than {maxImageBytes} bytes.");
            body.Own(read.Rented);
            var bytes = read.Rented.AsMemory(0, read.Length);
            FieldValue value = isFile ? new() { Kind = FieldKind.File, Bytes = bytes } : new() { Kind = FieldKind.FormText, Text = bytes };
            fields[name] = fields.TryGetValue(name, out var earlier) ? Continue(name, earlier, value) : value;
        }

        return fields;
    }

    /// <summary>A name that occurs again (<c>actions=age</c>, <c>actions=gender</c>; a file each) continues its list.</summary>
    private static FieldValue Continue(string name, in FieldValue earlier, in FieldValue value) => (earlier.Kind, value.Kind) switch
    {
        (FieldKind.FormText, FieldKind.FormText) when earlier.Text.Length + value.Text.Length < RequestFields.MaxListBytes =>
            new() { Kind = FieldKind.FormText, Text = (byte[])[.. earlier.Text.Span, (byte)',', .. value.Text.Span] },
        (FieldKind.File, FieldKind.File) => new() { Kind = FieldKind.Files, Files = [earlier.Bytes, value.Bytes] },
        (FieldKind.Files, FieldKind.File) => new() { Kind = FieldKind.Files, Files = [.. earlier.Files!, value.Bytes] },
        _ => throw Invalid($"has more than one part named {name}"),
    };

    private static FaceAspireException Invalid(string msg, Exception? cause = null) =>
        new(ErrorCode.ValidationError, $"The body {msg}.", cause) { Fields = [new("body", msg)] };
}
