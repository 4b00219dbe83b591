using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace FaceAspire.ModelHub.Downloads;

/// <summary>Fetches files by http and https, or from a mirror. What was cut is taken up where it ended, by this process or a later one; a file gets its name when all of it is here
/// and is what it should be. Proxies are taken from the environment.</summary>
/// <remarks>Range requests with If-Range: RFC 9110, sections 13.1.5 and 14.2.</remarks>
internal sealed class ModelDownloader : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int DiskFullUnix = 28; // ENOSPC

    private readonly HttpClient _client;
    private readonly DownloadLimits _limits;
    private readonly TimeProvider _time;
    private readonly Func<string, long, Stream> _open;
    private readonly Uri? _mirrorUrl;
    private readonly string? _mirrorFolder;

    /// <summary>Prepares fetching.</summary>
    /// <param name="mirror">Base URL or folder with all files, instead of the origins; null or blank for none.</param>
    /// <param name="limits">What a download may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="open">Opens a partial file to be continued at a position; null for the file system's.</param>
    public ModelDownloader(string? mirror, DownloadLimits limits, TimeProvider time, Func<string, long, Stream>? open = null)
    {
        (_limits, _time, _open) = (limits, time, open ?? Open);
        if (Uri.TryCreate(mirror, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            _mirrorUrl = new(url.AbsoluteUri.EndsWith('/') ? url.AbsoluteUri : $"{url.AbsoluteUri}/");
        }
        else if (!string.IsNullOrWhiteSpace(mirror))
        {
            _mirrorFolder = Path.GetFullPath(mirror);
        }

        // Redirects are followed here, where they can be judged; a download may take as long as it moves.
        _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = limits.Connect, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new("FaceAspire", "1"));
    }

    /// <summary>Fetches a file.</summary>
    /// <param name="origin">Where it is, and its hash and size where they are known.</param>
    /// <param name="path">Its path here. <c>.part</c> and <c>.part.tag</c> beside it hold what an interrupted download has.</param>
    /// <param name="progress">Hears of every few percent.</param>
    /// <param name="cancellationToken">Stops; what is here is kept.</param>
    /// <returns>Its SHA-256.</returns>
    /// <exception cref="DownloadException">It is not there, not what it should be, too large, or does not come.</exception>
    public async Task<string> FetchAsync(ModelOrigin origin, string path, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        string part = $"{path}.part";
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                    if (_mirrorFolder is { } folder)
                    {
                        await CopyAsync(origin, Path.Combine(folder, origin.File), part, hash, progress, cancellationToken);
                    }
                    else
                    {
                        await TransferAsync(origin, _mirrorUrl is { } mirror ? new(mirror, origin.File) : origin.Url, part, hash, progress, cancellationToken);
                    }

                    string sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
                    if (origin.Sha256 is { } expected && sha256 != expected)
                    {
                        Forget(part);
                        throw new DownloadException($"{origin.File} is not the file that the catalogue means: its SHA-256 is {sha256}, expected is {expected}.");
                    }

                    File.Move(part, path, overwrite: true);
                    Forget(part);
                    return sha256;
                }
                catch (TransferCutException exception) when (attempt >= _limits.Attempts)
                {
                    throw new DownloadException($"{origin.File}: {exception.Message}", exception);
                }
                catch (TransferCutException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(250 * attempt), _time, cancellationToken);
                }
            }
        }
        catch (IOException exception) when (exception is not TransferCutException)
        {
            bool isFull = exception.HResult is DiskFullWindows or DiskFullUnix;
            throw new DownloadException(isFull ? $"{origin.File}: the disk is full; what is here is kept, and taken up again." : $"{origin.File} cannot be written: {exception.GetType().Name}.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DownloadException($"{origin.File} cannot be written: the folder of models may not be written to.", exception);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Whether a redirect is followed: not to another protocol, and what was secure stays so.</summary>
    internal static bool MayRedirect(Uri from, Uri to) => to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);

    private static FileStream Open(string path, long position)
    {
        FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        stream.SetLength(position);
        stream.Position = position;
        return stream;
    }

    private static string TagOf(string part) => $"{part}.tag";

    private static void Forget(string part)
    {
        File.Delete(part);
        File.Delete(TagOf(part));
    }

    private async Task CopyAsync(ModelOrigin origin, string source, string part, IncrementalHash hash, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(source))
        {
            throw new DownloadException($"{origin.File} is not in the folder that MODELS_MIRROR names.");
        }

        Forget(part);
        await using FileStream input = new(source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await StoreAsync(origin, input, part, 0, input.Length, hash, progress, cancellationToken);
    }

    private async Task TransferAsync(ModelOrigin origin, Uri url, string part, IncrementalHash hash, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        // Without the server's tag nobody knows whether the rest is of the same file.
        string? tag = File.Exists(TagOf(part)) ? await File.ReadAllTextAsync(TagOf(part), cancellationToken) : null;
        long here = tag is not null && File.Exists(part) ? new FileInfo(part).Length : 0;
        using var response = await AskAsync(origin, url, here, tag, cancellationToken);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            Forget(part);
            throw new TransferCutException("the server has less of it than was here.", null);
        }

        if (!response.IsSuccessStatusCode)
        {
            string message = string.Create(CultureInfo.InvariantCulture, $"the server {url.Host} answers {(int)response.StatusCode} ({response.StatusCode}).");
            throw (int)response.StatusCode is >= 500 or 429 or 408 ? new TransferCutException(message, null) : new DownloadException($"{origin.File}: {message}");
        }

        bool isRest = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == here && here > 0;
        if (!isRest)
        {
            here = 0;
            Forget(part);
            if (response.Headers.ETag is { IsWeak: false } now)
            {
                await File.WriteAllTextAsync(TagOf(part), now.Tag, cancellationToken);
            }
        }

        long? total = isRest ? response.Content.Headers.ContentRange!.Length : response.Content.Headers.ContentLength;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await StoreAsync(origin, body, part, here, total, hash, progress, cancellationToken);
    }

    private async Task<HttpResponseMessage> AskAsync(ModelOrigin origin, Uri url, long here, string? tag, CancellationToken cancellationToken)
    {
        for (int hop = 0; ; hop++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, url);
            if (here > 0 && tag is not null && EntityTagHeaderValue.TryParse(tag, out var known))
            {
                request.Headers.Range = new(here, null);
                request.Headers.IfRange = new(known);
            }

            var response = await WithinAsync(token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), $"the server {url.Host}", cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            Uri next = new(url, location);
            if (hop >= _limits.Redirects)
            {
                throw new DownloadException($"{origin.File}: the server redirects more than {_limits.Redirects} times.");
            }

            if (!MayRedirect(url, next))
            {
                throw new DownloadException($"{origin.File}: the server {url.Host} redirects to an address that is not secure, which is refused.");
            }

            url = next;
        }
    }

    private async Task StoreAsync(
        ModelOrigin origin, Stream source, string part, long here, long? total, IncrementalHash hash, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        long bound = origin.SizeBytes ?? _limits.MaxBytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            RequireSize(origin, total, bound);
            if (here > 0)
            {
                await HashAsync(part, here, hash, buffer, cancellationToken);
            }

            await using var target = _open(part, here);
            long start = _time.GetTimestamp();
            long begin = here;
            while (true)
            {
                int read = await WithinAsync(token => source.ReadAsync(buffer, token).AsTask(), "the transfer", cancellationToken);
                if (read == 0)
                {
                    break;
                }

                here += read;
                if (here > bound)
                {
                    throw TooLarge(origin, bound);
                }

                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                hash.AppendData(buffer, 0, read);
                progress?.Report(new(origin.File, here, total ?? origin.SizeBytes, (here - begin) / Math.Max(1e-3, _time.GetElapsedTime(start).TotalSeconds)));
            }

            if (here < (total ?? origin.SizeBytes ?? 0))
            {
                throw new TransferCutException(string.Create(CultureInfo.InvariantCulture, $"the transfer was cut after {here:N0} bytes."), null);
            }

            await target.FlushAsync(cancellationToken);
            (target as FileStream)?.Flush(flushToDisk: true);
        }
        catch (DownloadException)
        {
            Forget(part);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task HashAsync(string part, long bytes, IncrementalHash hash, byte[] buffer, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(part);
        while (bytes > 0 && await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), cancellationToken) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            bytes -= read;
        }
    }

    private static void RequireSize(ModelOrigin origin, long? total, long bound)
    {
        if (total > bound)
        {
            throw TooLarge(origin, bound);
        }

        if (total is { } told && origin.SizeBytes is { } size && told != size)
        {
            throw new DownloadException(string.Create(CultureInfo.InvariantCulture, $"{origin.File} is not the file that the catalogue means: it has {told:N0} bytes, expected are {size:N0}."));
        }
    }

    private static DownloadException TooLarge(ModelOrigin origin, long bound) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{origin.File} is not the file that the catalogue means: it has more than {bound:N0} bytes."));

    /// <summary>Runs a step of the transfer; one that takes too long or fails can be tried again.</summary>
    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> step, string what, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(_limits.Stall);
        try
        {
            return await step(stall.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransferCutException($"{what} does not move.", exception);
        }
        catch (HttpRequestException exception)
        {
            // Nobody listens, or the name is nobody's: what is so now is so in a second.
            string reason = exception.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError or HttpRequestError.SecureConnectionError
                ? "cannot be reached"
                : "broke off";
            throw reason == "broke off" ? new TransferCutException($"{what} {reason}.", exception) : new DownloadException($"{what} {reason} ({exception.HttpRequestError}).", exception);
        }
        catch (IOException exception)
        {
            throw new TransferCutException($"{what} broke off.", exception);
        }
    }

    /// <summary>A transfer that may go better the next time.</summary>
    private sealed class TransferCutException(string message, Exception? cause) : IOException(message, cause);
}
