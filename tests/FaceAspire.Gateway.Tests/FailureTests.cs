using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Gateway.Tests;

/// <summary>What a client sees when a service misbehaves, and what a misbehaving client can do.</summary>
public sealed class FailureTests(GatewayFixture gateway)
{
    [Fact]
    public async Task Error_OfTheServiceItself_PassesUnchanged()
    {
        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId(), "error");

        ((int)response.StatusCode).ShouldBe(503);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        response.Headers.GetValues("X-Cache").ShouldBe(["miss"]);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("""{"success":false,"error_code":"model_unavailable"}""");
    }

    [Fact]
    public async Task Service_ThatHangs_IsATimeoutAndIsToldToStop()
    {
        string id = GatewayCalls.NewId();
        long start = Stopwatch.GetTimestamp();

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", id, "hang", new ByteArrayContent(new byte[5_000]));

        await response.ShouldBeAsync(ErrorCode.Timeout);
        Stopwatch.GetElapsedTime(start).ShouldBeInRange(GatewayFixture.Deadline * 0.9, GatewayFixture.Deadline * 4);
        await gateway.Recognition.Arrived(id).Aborted.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Client_InAHurry_GetsItsTimeoutWhenItSaid()
    {
        long start = Stopwatch.GetTimestamp();

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId(), "hang", headers: ("X-Request-Timeout-Ms", "300"));

        await response.ShouldBeAsync(ErrorCode.Timeout);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(GatewayFixture.Deadline * 0.9);
    }

    [Fact]
    public async Task Answer_OverTheDeadline_IsBrokenOff()
    {
        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", GatewayCalls.NewId(), "drip");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Service_ThatBreaksOffBeforeItsAnswer_IsUnavailableAndAskedOnce()
    {
        string id = GatewayCalls.NewId();

        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", id, "reset", new ByteArrayContent(new byte[5_000]));

        (await response.ShouldBeAsync(ErrorCode.ServiceUnavailable)).ShouldBe("The recognition service broke off before its answer.");
        gateway.Recognition.Arrived(id).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    public async Task Service_ThatDiesInItsAnswer_BreaksTheClientsAnswerOff(string encoding)
    {
        string id = GatewayCalls.NewId();
        using var response = await gateway.Client.CallAsync("POST", "/api/v1/verify", id, "half", headers: ("Accept-Encoding", encoding));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Recognition.Arrived(id).Continue.SetResult();
        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("foreign 400", "validation_error")]
    [InlineData("foreign 404", "service_unavailable")]
    [InlineData("foreign 413", "image_too_large")]
    [InlineData("foreign 502", "service_unavailable")]
    [InlineData("foreign 504", "timeout")]
    public async Task Error_OfSomethingInBetween_IsPutIntoTheEnvelope(string behave, string code)
    {
        using var response = await gateway.Client.CallAsync("POST", "/api/v1/analyze", GatewayCalls.NewId(), behave);

        await response.ShouldBeAsync(ErrorCode.All.Single(one => one.Name == code));
    }

    // By hand: one image of 10,000 bytes takes 13,334 characters of base64, two take 26,668; with 65,536 for the other fields that is 78,870 and 92,204.
    [Theory]
    [InlineData("/api/v1/extract", "detection", 78_870)]
    [InlineData("/api/v1/analyze", "attributes", 78_870)]
    [InlineData("/api/v1/represent", "recognition", 78_870)]
    [InlineData("/api/v1/verify", "recognition", 92_204)]
    public async Task Body_LongerThanItsImages_IsRefusedByItsLengthAndReachesNobody(string path, string service, int limit)
    {
        string longest = GatewayCalls.NewId();
        string tooLong = GatewayCalls.NewId();

        using var accepted = await gateway.Client.CallAsync("POST", path, longest, body: new ByteArrayContent(new byte[limit]));
        using var refused = await gateway.Client.CallAsync("POST", path, tooLong, body: new ByteArrayContent(new byte[limit + 1]));

        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Of(service).Arrived(longest).BodyBytes.ShouldBe(limit);
        (await refused.ShouldBeAsync(ErrorCode.ImageTooLarge)).ShouldContain($"{limit}");
        gateway.Of(service).Arrived(tooLong).Count.ShouldBe(0);
    }

    [Fact]
    public async Task Body_WithoutALength_IsRefusedWhileItStreams()
    {
        string id = GatewayCalls.NewId();

        // Never ends by itself: an answer means that nobody waited for its end.
        string answer = await ExchangeAsync($"POST /api/v1/extract HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\nTransfer-Encoding: chunked\r\n\r\n", Chunk(40_000), Chunk(40_000));

        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("image_too_large");
        gateway.Detection.Arrived(id).BodyBytes.ShouldBeLessThanOrEqualTo(78_870);
        await gateway.Detection.Arrived(id).Aborted.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Body_Long_FollowsOnlyWhenTheServiceReads()
    {
        var token = TestContext.Current.CancellationToken;
        await using var own = await GatewayFixture.StartAsync([], [gateway.Recognition.Url], [], token, ("MAX_IMAGE_BYTES", "10000000"), ("REQUEST_TIMEOUT_SECONDS", "20"));
        string refused = GatewayCalls.NewId();
        string read = GatewayCalls.NewId();

        using var refusal = await own.Client.CallAsync("POST", "/api/v1/verify", refused, "error", new ByteArrayContent(new byte[3_000_000]));
        using var answer = await own.Client.CallAsync("POST", "/api/v1/verify", read, body: new ByteArrayContent(new byte[3_000_000]));

        ((int)refusal.StatusCode).ShouldBe(503);
        refusal.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7)); // the service's own answer
        gateway.Recognition.Arrived(refused).Headers["Expect"].ShouldBe("100-continue");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Recognition.Arrived(read).BodyBytes.ShouldBe(3_000_000);
    }

    [Fact]
    public async Task Body_WithBrokenFraming_IsTheClientsFault()
    {
        string answer = await ExchangeAsync("POST /api/v1/extract HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "nonsense\r\n"u8.ToArray());

        answer.ShouldStartWith("HTTP/1.1 422");
        answer.ShouldContain("validation_error");
    }

    [Fact]
    public async Task Header_InUtf8_ReachesTheService()
    {
        string id = GatewayCalls.NewId();

        string answer = await ExchangeAsync($"POST /api/v1/extract HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\nX-Own: Zo\u00eb\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 200");
        gateway.Detection.Arrived(id).Headers["X-Own"].ShouldBe("Zo\u00eb");
    }

    [Fact]
    public async Task Client_ThatHangsUp_StopsTheService()
    {
        string id = GatewayCalls.NewId();
        using var client = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var call = gateway.Client.CallAsync("POST", "/api/v1/verify", id, "hang", new ByteArrayContent(new byte[5_000]), client.Token);
        var arrival = gateway.Recognition.Arrived(id);
        await arrival.Came.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        await client.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await arrival.Aborted.Task.WaitAsync(GatewayFixture.Deadline * 0.7, TestContext.Current.CancellationToken); // by the client, before the deadline would
    }

    [Fact]
    public async Task Client_ThatHangsUp_IsOneLineWith499AndNoError()
    {
        var token = TestContext.Current.CancellationToken;
        await using var own = await GatewayFixture.StartAsync([], [gateway.Recognition.Url], [], token, ("LOG_LEVEL", "INFO"));
        string id = GatewayCalls.NewId();
        using var client = CancellationTokenSource.CreateLinkedTokenSource(token);
        var call = own.Client.CallAsync("POST", "/api/v1/verify", id, "hang", new ByteArrayContent(new byte[5_000]), client.Token);
        await gateway.Recognition.Arrived(id).Came.Task.WaitAsync(TimeSpan.FromSeconds(5), token);

        await client.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);

        await own.WaitForLogAsync("POST /api/v1/verify answered 499", token);
        own.Log.Split('\n').Where(line => line.Contains(id, StringComparison.Ordinal)).ShouldHaveSingleItem(own.Log);
        own.Log.ShouldNotContain("\"ERROR\"");
    }

    /// <summary>Writes exactly these bytes and gives what comes back until the other side closes or has said a whole envelope.</summary>
    private async Task<string> ExchangeAsync(string head, params byte[][] pieces)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Client.BaseAddress!.Port, limit.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes(head), SocketFlags.None, limit.Token);
        foreach (byte[] piece in pieces)
        {
            await socket.SendAsync(piece, SocketFlags.None, limit.Token);
        }

        var answer = new StringBuilder();
        byte[] buffer = new byte[4_096];
        while (!answer.ToString().Contains("\"details\"", StringComparison.Ordinal) && await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token) is > 0 and int read)
        {
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }

    private static byte[] Chunk(int length) => [.. Encoding.ASCII.GetBytes($"{length:x}\r\n"), .. new byte[length], .. "\r\n"u8];
}
