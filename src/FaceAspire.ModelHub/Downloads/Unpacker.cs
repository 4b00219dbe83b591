using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;

namespace FaceAspire.ModelHub.Downloads;

/// <summary>Takes the one file out of a download.</summary>
internal static class Unpacker
{
    private const int BufferBytes = 128 * 1024;

    // The largest file that anybody publishes has 0.6 GB.
    private const long MaxBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>Unpacks.</summary>
    /// <param name="source">The download.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="target">Where the file is to be; holds a part of it after an exception.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="maxBytes">Largest file that is accepted.</param>
    /// <returns>Its SHA-256.</returns>
    /// <exception cref="InvalidDataException">It is no such archive, it holds several files, or one that is too large.</exception>
    public static string Unpack(string source, Unpacking kind, string target, CancellationToken cancellationToken, long maxBytes = MaxBytes)
    {
        try
        {
            using var stream = File.OpenRead(source);
            if (kind == Unpacking.BZip2)
            {
                using BZip2InputStream unpacked = new(stream);
                return Copy(unpacked, target, maxBytes, cancellationToken);
            }

            using ZipArchive archive = new(stream, ZipArchiveMode.Read);
            ZipArchiveEntry[] files = [.. archive.Entries.Where(static entry => entry.Name.Length > 0).Take(2)];
            using var only = files.Length == 1 ? files[0].Open() : throw new InvalidDataException("The archive does not hold exactly one file.");
            return Copy(only, target, maxBytes, cancellationToken);
        }
        catch (SharpZipBaseException exception)
        {
            throw new InvalidDataException("The download is no bzip2 stream, or a damaged one.", exception);
        }
    }

    private static string Copy(Stream source, string target, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream output = new(target, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long bytes = 0;
            while (source.Read(buffer, 0, BufferBytes) is > 0 and var read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if ((bytes += read) > maxBytes)
                {
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"What is in the archive has more than {maxBytes:N0} bytes."));
                }

                output.Write(buffer, 0, read);
                hash.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        output.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
