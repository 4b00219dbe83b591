using System.Diagnostics;
using System.Net;
using FaceAspire.Contracts.Errors;
using FaceAspire.ServiceDefaults.Images;

namespace FaceAspire.ServiceDefaults.Tests.Images;

/// <summary>The fetcher against a server that does what it likes.</summary>
public sealed class UrlImagesTests
{
    private const int MaxBytes = 100_000;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Fetch_Picture_IsItsBytes()
    {
        await using var server = Serve("/ok", HostileServer.Text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));

        (await FetchAsync(server.Url("/ok"))).ShouldBe("hello"u8.ToArray());
    }

    [Fact]
    public async Task Fetch_PictureOfUnknownLength_IsItsBytes()
    {
        await using var server = Serve("/ok", HostileServer.Text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"));

        (await FetchAsync(server.Url("/ok"))).ShouldBe("hello"u8.ToArray());
    }

    [Theory]
    [InlineData("/ok")]
    [InlineData("//127.0.0.1:PORT/ok")]
    [InlineData("http://127.0.0.1:PORT/ok")]
    public async Task Fetch_Redirect_IsFollowed(string location)
    {
        HostileServer? self = null;
        await using var server = self = new HostileServer(new()
        {
            ["/ok"] = HostileServer.Text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
            ["/moved"] = (stream, token) => Redirect(location.Replace("PORT", $"{self!.Port}", StringComparison.Ordinal))(stream, token),
        });

        (await FetchAsync(server.Url("/moved"))).ShouldBe("hello"u8.ToArray());
    }

    [Fact]
    public async Task Fetch_RedirectLoop_Ends()
    {
        await using var server = Serve("/loop", Redirect("/loop"));

        (await RefusalAsync(server.Url("/loop"))).Message.ShouldBe("img: the URL redirects more than 5 times.");
        server.Requests.ShouldBe(6);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "only http and https")]
    [InlineData("ftp://127.0.0.1/a.jpg", "only http and https")]
    [InlineData("data:image/png;base64,AAAA", "only http and https")]
    [InlineData("http://ann:secret@127.0.0.1/", "user name or password")]
    [InlineData("http://", "answered 302")] // no URL at all
    [InlineData("http:///", "answered 302")] // no URL at all
    [InlineData("http://[::1", "answered 302")] // no URL at all
    public async Task Fetch_RedirectElsewhere_IsRefused(string location, string reason)
    {
        await using var server = Serve("/moved", Redirect(location));

        (await RefusalAsync(server.Url("/moved"))).Message.ShouldContain(reason);
    }

    [Fact]
    public async Task Fetch_RedirectToAnAddressThatIsNotAllowed_IsRefusedBeforeConnecting()
    {
        await using var inner = Serve("/secret", HostileServer.Text("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"));
        await using var outer = Serve("/moved", Redirect(inner.Url("/secret")));
        using var images = new UrlImages(MaxBytes, endpoint => endpoint.Port == outer.Port, _limit);

        var failure = await Should.ThrowAsync<FaceAspireException>(() => images.FetchAsync("img", outer.Url("/moved"), TestContext.Current.CancellationToken));

        failure.Message.ShouldBe("img: the URL leads to an address that is not public.");
        (outer.Requests, inner.Requests).ShouldBe((1, 0));
    }

    /// <summary>What a request may not reach unless ALLOW_PRIVATE_URLS says so.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:{0}/secret")]
    [InlineData("http://localhost:{0}/secret")] // a name that resolves to loopback
    [InlineData("http://2130706433:{0}/secret")]
    [InlineData("http://0x7f.1:{0}/secret")]
    [InlineData("http://0177.0.0.1:{0}/secret")]
    [InlineData("http://127.1:{0}/secret")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/secret")]
    [InlineData("http://[::1]:{0}/secret")]
    public Task Fetch_PrivateAddressInAnySpelling_IsRefusedAsNotPublic(string url) => RefusedAsync(url, "not public");

    [Theory]
    [InlineData("http://0.0.0.0:{0}/secret")]
    [InlineData("http://①②⑦.⓪.⓪.①:{0}/secret")]
    public Task Fetch_AddressThatNothingResolvesTo_IsNotReached(string url) => RefusedAsync(url, "cannot be reached");

    [Theory]
    [InlineData("http://")]
    [InlineData("http://ann:secret@example.org/a.jpg")]
    [InlineData("http://example.org:99999/a.jpg")]
    [InlineData("http://exa mple.org/")]
    public async Task Fetch_MalformedUrl_IsRefused(string url) => (await RefusalAsync(url)).Code.ShouldBe(ErrorCode.ImageDecodeError);

    [Fact]
    public async Task Fetch_EndlessUrl_IsRefused() => (await RefusalAsync("http://127.0.0.1/" + new string('a', 10_000))).Message.ShouldContain("malformed");

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(304)]
    public async Task Fetch_OtherStatus_IsTold(int status)
    {
        await using var server = Serve("/a", HostileServer.Text($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n"));

        (await RefusalAsync(server.Url("/a"))).Message.ShouldBe($"img: the URL answered {status}.");
    }

    [Fact]
    public async Task Fetch_NothingListens_IsRefused()
    {
        int port;
        await using (var server = Serve("/a", HostileServer.Text("")))
        {
            port = server.Port;
        }

        (await RefusalAsync($"http://127.0.0.1:{port}/a")).Message.ShouldBe("img: the URL cannot be reached.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no http at all\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task Fetch_BrokenAnswer_IsRefused(string answer)
    {
        await using var server = Serve("/a", HostileServer.Text(answer));

        (await RefusalAsync(server.Url("/a"))).Message.ShouldBe("img: the URL cannot be reached.");
    }

    [Fact]
    public async Task Fetch_EmptyBody_IsRefused()
    {
        await using var server = Serve("/a", HostileServer.Text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));

        (await RefusalAsync(server.Url("/a"))).Message.ShouldBe("img: the URL delivered nothing.");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n")]
    public async Task Fetch_AnnouncedTooLarge_IsRefusedAtOnce(string head)
    {
        await using var server = Serve("/a", HostileServer.Endless(head, pieceLength: 1, TimeSpan.FromSeconds(5)));
        long start = Stopwatch.GetTimestamp();

        (await RefusalAsync(server.Url("/a"))).Code.ShouldBe(ErrorCode.ImageTooLarge);

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_limit);
    }

    [Fact]
    public async Task Fetch_EndlessBody_IsRefusedAtTheLimit()
    {
        await using var server = Serve("/a", HostileServer.Endless("HTTP/1.1 200 OK\r\n\r\n", pieceLength: 50_000, TimeSpan.Zero));

        (await RefusalAsync(server.Url("/a"))).Code.ShouldBe(ErrorCode.ImageTooLarge);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    public async Task Fetch_SlowDrip_EndsAtTheDeadline(string head)
    {
        await using var server = Serve("/a", HostileServer.Endless(head, pieceLength: 1, TimeSpan.FromMilliseconds(50)));
        long start = Stopwatch.GetTimestamp();

        var failure = await RefusalAsync(server.Url("/a"));

        failure.Code.ShouldBe(ErrorCode.ImageDecodeError);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_limit * 3);
    }

    [Fact]
    public async Task Fetch_CallerGone_Stops()
    {
        await using var server = Serve("/a", HostileServer.Endless("HTTP/1.1 200 OK\r\n\r\n", pieceLength: 1, TimeSpan.FromMilliseconds(20)));
        using var images = new UrlImages(MaxBytes, static _ => true, TimeSpan.FromMinutes(1));
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => images.FetchAsync("img", server.Url("/a"), caller.Token));
    }

    private static async Task RefusedAsync(string url, string reason)
    {
        await using var server = Serve("/secret", HostileServer.Text("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"));
        using var images = new UrlImages(MaxBytes, static endpoint => AddressPolicy.IsPublic(endpoint.Address), _limit);

        var failure = await Should.ThrowAsync<FaceAspireException>(
            () => images.FetchAsync("img", url.Replace("{0}", $"{server.Port}", StringComparison.Ordinal), TestContext.Current.CancellationToken));

        failure.Code.ShouldBe(ErrorCode.ImageDecodeError);
        failure.Message.ShouldContain(reason);
        server.Requests.ShouldBe(0);
    }

    private static HostileServer Serve(string path, Func<System.Net.Sockets.NetworkStream, CancellationToken, Task> answer) => new(new() { [path] = answer });

    private static Func<System.Net.Sockets.NetworkStream, CancellationToken, Task> Redirect(string location) =>
        HostileServer.Text($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");

    private static async Task<byte[]> FetchAsync(string url)
    {
        using var images = new UrlImages(MaxBytes, static endpoint => IPAddress.IsLoopback(endpoint.Address), _limit);
        using var bytes = await images.FetchAsync("img", url, TestContext.Current.CancellationToken);
        return bytes.Memory.ToArray();
    }

    private static async Task<FaceAspireException> RefusalAsync(string url) => await Should.ThrowAsync<FaceAspireException>(() => FetchAsync(url));
}
