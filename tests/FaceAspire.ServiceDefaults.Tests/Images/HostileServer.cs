using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceAspire.ServiceDefaults.Tests.Images;

/// <summary>A server without manners on a loopback port: every path is answered with exactly the bytes that a test wants.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Func<NetworkStream, CancellationToken, Task>> _answers;
    private readonly Task _accepting;
    private int _requests;

    public HostileServer(Dictionary<string, Func<NetworkStream, CancellationToken, Task>> answers)
    {
        _answers = answers;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests that came.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public string Url(string path) => $"http://127.0.0.1:{Port}{path}";

    /// <summary>Writes text, and closes.</summary>
    public static Func<NetworkStream, CancellationToken, Task> Text(string text) => (stream, token) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), token).AsTask();

    /// <summary>Writes a head, then pieces until nobody listens.</summary>
    public static Func<NetworkStream, CancellationToken, Task> Endless(string head, int pieceLength, TimeSpan pause) => async (stream, token) =>
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head), token);
        byte[] piece = new byte[pieceLength];
        while (true)
        {
            await stream.WriteAsync(piece, token);
            await Task.Delay(pause, token);
        }
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting; // first: it would not accept on a listener that is gone
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                string? path = (await reader.ReadLineAsync(_stop.Token))?.Split(' ')[1];
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                }

                Interlocked.Increment(ref _requests);
                if (path is not null && _answers.TryGetValue(path, out var answer))
                {
                    await answer(stream, _stop.Token);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
            {
                // The other side has gone, or the test is over.
            }
        }
    }
}
