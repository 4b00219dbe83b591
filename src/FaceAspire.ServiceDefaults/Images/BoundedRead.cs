using System.Buffers;

namespace FaceAspire.ServiceDefaults.Images;

/// <summary>Reads a stream into pooled memory, up to a limit.</summary>
public static class BoundedRead
{
    private const int FirstSize = 65_536;

    // Taken on the sender's word alone: most photos fit, and nobody gets much for a lie.
    private const int MostOnTrust = 1_048_576;

    /// <summary>Everything that the stream holds; null when that is more than the limit. Beyond 1 MiB memory grows with what arrives, not with what was announced.</summary>
    /// <param name="stream">Read to its end, or to one byte over the limit.</param>
    /// <param name="limit">Most bytes accepted.</param>
    /// <param name="expected">How many bytes are announced, when known: up to 1 MiB is taken at once.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<(byte[] Rented, int Length)?> ReadAsync(Stream stream, int limit, long? expected, CancellationToken cancellationToken)
    {
        if (expected > limit)
        {
            return null;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(expected + 1 ?? FirstSize, MostOnTrust));
        int length = 0;
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    var result = (buffer, length);
                    buffer = [];
                    return result;
                }

                length += read;
                if (length > limit)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    // Doubling, but at most to the limit and one byte more, which tells that there is more.
                    byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)limit + 1, 2L * length));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
