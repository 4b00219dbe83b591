using System.Net.Sockets;
using System.Text;

namespace FaceAspire.Edge.Tests;

/// <summary>Requests that no client library would send as they stand.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    /// <summary>Sends lines and a blank one, nothing else, and gives everything that comes until the end of the first answer's head.</summary>
    public static async Task<string> SendAsync(Uri address, params string[] lines)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(_limit);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = client.GetStream();
        string[] all = [lines[0], $"Host: {address.Authority}", .. lines[1..], "", ""];
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", all)), limit.Token);

        var answer = new StringBuilder();
        byte[] buffer = new byte[4_096];
        while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, limit.Token) is > 0 and var count)
        {
            answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return answer.ToString();
    }

    /// <summary>The status of an answer.</summary>
    public static int StatusOf(string answer) => int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), System.Globalization.CultureInfo.InvariantCulture);
}
