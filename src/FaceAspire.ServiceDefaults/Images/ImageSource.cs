using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults.Images;

/// <summary>Gets the bytes of a request's picture, whatever form it came in. Safe on many threads.</summary>
public sealed class ImageSource : IDisposable
{
    // No path is longer on the systems we run on; longer text can only be base64.
    private const int MaxPathLength = 4_096;
    private const int SniffedCharacters = 16;

    private static readonly TimeSpan _urlLimit = TimeSpan.FromSeconds(10);

    private readonly int _maxBytes;
    private readonly FileImages _files;
    private readonly UrlImages _urls;

    /// <summary>Makes a source with the service's limits.</summary>
    public ImageSource(IOptions<ImageOptions> options)
        : this(options.Value, new UrlImages(options.Value.MaxImageBytes, endpoint => options.Value.AllowPrivateUrls || AddressPolicy.IsPublic(endpoint.Address), _urlLimit))
    {
    }

    /// <summary>The same with another fetcher, for tests of its limits.</summary>
    internal ImageSource(ImageOptions options, UrlImages urls)
    {
        _maxBytes = options.MaxImageBytes;
        var roots = options.ImagePathRoots.Count > 0 ? options.ImagePathRoots : options.FacesDbPath is { Length: > 0 } faces ? [faces] : [];
        _files = new(roots, _maxBytes);
        _urls = urls;
    }

    /// <summary>The encoded picture. Base64 is decoded where it stands in the request's body, which the answer then refers to.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ImageDecodeError"/>: it cannot be had; <see cref="ErrorCode.ImageTooLarge"/>.</exception>
    public async ValueTask<ImageBytes> OpenAsync(ImageInput input, CancellationToken cancellationToken)
    {
        if (input.Text.IsEmpty)
        {
            return input.Bytes.IsEmpty ? throw Refused(input, "is empty") : ImageBytes.Borrowed(RequireSize(input, input.Bytes));
        }

        var text = input.Text.Span;
        if (StartsWith(text, "data:"u8))
        {
            return DecodeDataUri(input);
        }

        if (StartsWith(text, "http://"u8) || StartsWith(text, "https://"u8))
        {
            return await _urls.FetchAsync(input.Field, Decode(input), cancellationToken);
        }

        return LooksLikeBase64(text) ? DecodeBase64(input, input.Text) : await _files.ReadAsync(input.Field, Decode(input), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _urls.Dispose();

    private static FaceAspireException Refused(ImageInput input, string what) => new(ErrorCode.ImageDecodeError, $"{input.Field}: the image {what}.");

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) =>
        text.Length >= lowerCase.Length && Ascii.EqualsIgnoreCase(text[..lowerCase.Length], lowerCase);

    private static string Decode(ImageInput input) =>
        Utf8.IsValid(input.Text.Span) ? Encoding.UTF8.GetString(input.Text.Span) : throw Refused(input, "is named by text that is not UTF-8");

    /// <summary>Whether text without a head is a picture and not a path: its first characters decode to the first bytes of an image file.
    /// JPEG's begin with /9j/, which looks like a path.</summary>
    private static bool LooksLikeBase64(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxPathLength)
        {
            return true;
        }

        Span<byte> head = stackalloc byte[SniffedCharacters];
        return text.Length >= SniffedCharacters
            && Base64.DecodeFromUtf8(text[..SniffedCharacters], head, out _, out int written, isFinalBlock: false) == OperationStatus.Done
            && head[..written] is [0xFF, 0xD8, 0xFF, ..] // JPEG
                or [0x89, (byte)'P', (byte)'N', (byte)'G', ..]
                or [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] // WebP
                or [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..]
                or [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..]
                or [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] // AVIF
                or [(byte)'I', (byte)'I', 0x2A, 0, ..] // TIFF: refused later, by its name
                or [(byte)'M', (byte)'M', 0, 0x2A, ..]
                or [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..];
    }

    /// <summary>Like DeepFace we take what follows the first comma, whether or not the head says base64.</summary>
    private ImageBytes DecodeDataUri(ImageInput input)
    {
        int comma = input.Text.Span.IndexOf((byte)',');
        return comma >= 0 ? DecodeBase64(input, input.Text[(comma + 1)..]) : throw Refused(input, "is a data URI without data");
    }

    private ImageBytes DecodeBase64(ImageInput input, Memory<byte> base64)
    {
        if (Base64.DecodeFromUtf8InPlace(base64.Span, out int length) != OperationStatus.Done)
        {
            throw Refused(input, "is not valid base64");
        }

        return length > 0 ? ImageBytes.Borrowed(RequireSize(input, base64[..length])) : throw Refused(input, "is empty");
    }

    private ReadOnlyMemory<byte> RequireSize(ImageInput input, ReadOnlyMemory<byte> bytes) => bytes.Length <= _maxBytes
        ? bytes
        : throw new FaceAspireException(ErrorCode.ImageTooLarge, $"{input.Field}: the image has {bytes.Length} bytes; at most {_maxBytes} are accepted.");
}
