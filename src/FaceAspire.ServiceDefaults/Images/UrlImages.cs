using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.ServiceDefaults.Images;

/// <summary>Fetches pictures from URLs that strangers choose. Addresses are checked on the connection that is really made, at every hop; everything is bounded.</summary>
internal sealed class UrlImages : IDisposable
{
    private const int MaxRedirects = 5;
    private const int MaxUrlLength = 8_192;

    private static readonly ProductInfoHeaderValue _userAgent = new("FaceAspire", Hosting.ServiceVersion.Text);

    private readonly HttpMessageInvoker _client;
    private readonly Func<IPEndPoint, bool> _isAllowed;
    private readonly TimeSpan _limit;
    private readonly int _maxBytes;

    /// <summary>Makes the client.</summary>
    /// <param name="maxBytes">Largest picture.</param>
    /// <param name="isAllowed">Whether a connection to an address may be made.</param>
    /// <param name="limit">Longest time for a picture, redirects included.</param>
    public UrlImages(int maxBytes, Func<IPEndPoint, bool> isAllowed, TimeSpan limit)
    {
        (_maxBytes, _isAllowed, _limit) = (maxBytes, isAllowed, limit);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // followed by hand, each hop checked
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = limit / 2,
            MaxResponseHeadersLength = 32, // kB
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            UseCookies = false,
            UseProxy = false, // a proxy would connect for us, past the check
        });
    }

    /// <summary>The picture behind a URL.</summary>
    /// <exception cref="FaceAspireException">It cannot be had, or is too large.</exception>
    public async Task<ImageBytes> FetchAsync(string field, string url, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_limit);
        try
        {
            return await FollowAsync(field, Parse(field, url), limited.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused(field, $"the URL did not deliver within {_limit.TotalSeconds:0.#} seconds", exception);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressRefusedException)
        {
            throw Refused(field, "the URL leads to an address that is not public", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            throw Refused(field, "the URL cannot be reached", exception);
        }
    }

    public void Dispose() => _client.Dispose();

    private static FaceAspireException Refused(string field, string what, Exception? cause = null) => new(ErrorCode.ImageDecodeError, $"{field}: {what}.", cause);

    private static Uri Parse(string field, string url)
    {
        if (url.Length > MaxUrlLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            throw Refused(field, "the URL is malformed");
        }

        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
        {
            throw Refused(field, "only http and https URLs are fetched");
        }

        return uri.UserInfo.Length == 0 ? uri : throw Refused(field, "URLs with a user name or password are not fetched");
    }

    private async Task<ImageBytes> FollowAsync(string field, Uri uri, CancellationToken cancellationToken)
    {
        for (int hop = 0; hop <= MaxRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.UserAgent.Add(_userAgent);
            request.Headers.Accept.ParseAdd("image/*");
            using var response = await _client.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
            {
                uri = Uri.TryCreate(uri, location, out var next) ? Parse(field, next.OriginalString) : throw Refused(field, "the URL redirects to a malformed one");
                continue;
            }

            return response.IsSuccessStatusCode
                ? await ReadAsync(field, response, cancellationToken)
                : throw Refused(field, $"the URL answered {(int)response.StatusCode}");
        }

        throw Refused(field, $"the URL redirects more than {MaxRedirects} times");
    }

    private async Task<ImageBytes> ReadAsync(string field, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var read = await BoundedRead.ReadAsync(body, _maxBytes, response.Content.Headers.ContentLength, cancellationToken)
            ?? throw new FaceAspireException(ErrorCode.ImageTooLarge, $"{field}: the URL delivers more than {_maxBytes} bytes.");
        var bytes = ImageBytes.Owned(read.Rented, read.Length);
        if (read.Length > 0)
        {
            return bytes;
        }

        bytes.Dispose();
        throw Refused(field, "the URL delivered nothing");
    }

    /// <summary>Resolves, checks and connects in one place: nothing can change between the check and the connection.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => _isAllowed(new(address, context.DnsEndPoint.Port)));
        if (allowed.Length == 0)
        {
            throw new AddressRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The name has no address that may be connected to.</summary>
    private sealed class AddressRefusedException : IOException;
}
