using System.Net;
using System.Net.Sockets;
using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FaceAspire.ServiceDefaults.Binding;
using Microsoft.AspNetCore.Builder;

namespace FaceAspire.ServiceDefaults.Tests.Admission;

public sealed class AdmissionTests
{
    [Fact]
    public async Task Request_HouseFull_IsTurnedAwayBeforeItsBodyIsReadAndLaterLetIn()
    {
        var release = new TaskCompletionSource();
        var came = new TaskCompletionSource();
        await using var app = ServiceFixture.Build(new() { ["MAX_CONCURRENCY"] = "1", ["MAX_QUEUE"] = "0" }, app =>
        {
            app.MapGet("/work", async () =>
            {
                came.TrySetResult();
                await release.Task;
                return "done";
            }).RequireAdmission();
            app.MapPost("/bound", static (Bound<RepresentRequest> request) => request.Value.Img.Field).RequireAdmission();
            app.MapGet("/free", static () => "free");
        });
        var token = TestContext.Current.CancellationToken;
        await app.StartAsync(token);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        var first = client.GetStringAsync("/work", token);
        await came.Task.WaitAsync(TimeSpan.FromSeconds(10), token);

        using (var refused = await client.GetAsync("/work", token))
        {
            await ServiceFixture.ShouldBeAsync(refused, ErrorCode.ServiceUnavailable);
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        }

        // Its body never comes: an answer means that nobody waited for it.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, client.BaseAddress.Port, token);
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST /bound HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"));
        byte[] head = new byte[12];
        (await socket.ReceiveAsync(head, SocketFlags.None, token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), token)).ShouldBe(head.Length);
        Encoding.ASCII.GetString(head).ShouldBe("HTTP/1.1 503");

        (await client.GetStringAsync("/free", token)).ShouldBe("free");
        release.SetResult();
        (await first).ShouldBe("done");
        (await client.GetStringAsync("/work", token)).ShouldBe("done");
    }
}
