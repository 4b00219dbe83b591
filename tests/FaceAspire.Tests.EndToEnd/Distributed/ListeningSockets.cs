using System.Globalization;
using System.Net;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>The TCP sockets on which a process listens, as Linux tells them under <c>/proc</c>.</summary>
internal static class ListeningSockets
{
    private const string Listening = "0A"; // TCP_LISTEN of the kernel's tcp_states.h

    /// <summary>Address and port of each, such as <c>127.0.0.1:5000</c> or <c>[::]:5000</c>.</summary>
    public static IReadOnlyList<string> Of(int process)
    {
        var inodes = Directory.EnumerateFiles($"/proc/{process}/fd")
            .Select(static descriptor => new FileInfo(descriptor).LinkTarget)
            .OfType<string>()
            .Where(static target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(static target => target["socket:[".Length..^1])
            .ToHashSet();
        return
        [
            .. new[] { "tcp", "tcp6" }
                .SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
                .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(columns => columns[3] == Listening && inodes.Contains(columns[9]))
                .Select(static columns => Address(columns[1]).ToString()),
        ];
    }

    /// <summary>The kernel writes addresses as words of the machine's byte order, and ports as they are read.</summary>
    private static IPEndPoint Address(string text)
    {
        string[] parts = text.Split(':');
        byte[] bytes = Convert.FromHexString(parts[0]);
        if (BitConverter.IsLittleEndian)
        {
            for (int word = 0; word < bytes.Length; word += 4)
            {
                bytes.AsSpan(word, 4).Reverse();
            }
        }

        return new(new IPAddress(bytes), int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
