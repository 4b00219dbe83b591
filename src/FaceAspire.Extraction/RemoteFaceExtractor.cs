using System.Net.Http.Headers;
using System.Text.Json;
using FaceAspire.Contracts;
using FaceAspire.Contracts.Errors;
using FaceAspire.ServiceDefaults.Calls;
using FaceAspire.ServiceDefaults.Images;
using FaceAspire.Vision.Extraction;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Timeout;

namespace FaceAspire.Extraction;

/// <summary>Asks the detection service for the faces: the picture goes as it came, the crops come back as raw pixels.</summary>
internal sealed partial class RemoteFaceExtractor(IHttpClientFactory clients, ILogger<RemoteFaceExtractor> logger) : IFaceExtractor
{
    private const int MaxErrorBytes = 65_536;

    // What is meant for the client. Everything else is about a call that we made, not about what the client sent.
    private static readonly ErrorCode[] _passedOn =
    [
        ErrorCode.ImageDecodeError, ErrorCode.ImageTooLarge, ErrorCode.NoFaceDetected, ErrorCode.ServiceUnavailable, ErrorCode.ModelUnavailable,
        ErrorCode.InferenceError, ErrorCode.InternalError, ErrorCode.Timeout,
    ];

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue _octets = new("application/octet-stream");

    public async Task<ExtractedFaces> ExtractAsync(ReadOnlyMemory<byte> image, ExtractionOptions options, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ExtractionModule.ServiceName);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{ExtractionModule.Path}?{ExtractionQuery.Write(options)}")
        {
            Content = new ReadOnlyMemoryContent(image) { Headers = { ContentType = _octets } },
        };
        request.Headers.ExpectContinue = image.Length > CallLimits.LongBody;
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == FaceStream.ContentType
                ? await ReadFacesAsync(response, options, cancellationToken)
                : throw await ReadFailureAsync(response, cancellationToken);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new FaceAspireException(ErrorCode.Timeout, "The request's deadline passed while detection was at work.", exception);
        }
        catch (InvalidDataException exception)
        {
            LogMisunderstood(exception);
            throw Unavailable("The detection service answers in a way that this version does not understand.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ExecutionRejectedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogUnreachable(exception.Message);
            throw Unavailable("The detection service cannot be reached at the moment.", exception);
        }
    }

    private static async Task<ExtractedFaces> ReadFacesAsync(HttpResponseMessage response, ExtractionOptions options, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is not { } length)
        {
            throw new InvalidDataException("The faces come without their length.");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await FaceStream.ReadAsync(stream, length, options, cancellationToken);
    }

    /// <summary>The failure that detection told, word for word: it is meant for the same caller.</summary>
    private static async Task<FaceAspireException> ReadFailureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var read = await BoundedRead.ReadAsync(stream, MaxErrorBytes, response.Content.Headers.ContentLength, cancellationToken)
            ?? throw new InvalidDataException($"Status {(int)response.StatusCode} comes with more than {MaxErrorBytes} bytes.");
        try
        {
            var error = JsonSerializer.Deserialize(read.Rented.AsSpan(0, read.Length), ApiJsonContext.Default.ErrorResponse);
            return Array.Find(_passedOn, code => code.Name == error?.ErrorCode) is { } code
                ? new(code, error!.Message) { RetryAfter = response.Headers.RetryAfter?.Delta }
                : throw new InvalidDataException($"Status {(int)response.StatusCode} comes with the error '{error?.ErrorCode}': {error?.Message}");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"Status {(int)response.StatusCode} comes without an error envelope.", exception);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(read.Rented);
        }
    }

    private static FaceAspireException Unavailable(string message, Exception cause) => new(ErrorCode.ServiceUnavailable, message, cause) { RetryAfter = _retryAfter };

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Detection cannot be reached: {Reason}")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Detection was not understood")]
    private partial void LogMisunderstood(Exception exception);
}
