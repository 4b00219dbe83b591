using System.Buffers;
using System.Security.Cryptography;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Gallery.Folders;

/// <summary>What was found in a file. Owns pooled memory: dispose it.</summary>
internal sealed class FolderPicture : IDisposable
{
    // Only these are missed when they turn out to be no pictures; whether something is one, its bytes say.
    private static readonly HashSet<string> _pictureEndings = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".bmp", ".heic", ".tif", ".tiff" };

    private byte[]? _rented;

    private FolderPicture(FolderEntry entry) => Entry = entry;

    /// <summary>The file.</summary>
    public FolderEntry Entry { get; }

    /// <summary>SHA-256 of its bytes; null when it is no picture or could not be read.</summary>
    public string? ContentHash { get; private init; }

    /// <summary>The bytes, where there is a hash.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private init; }

    /// <summary>Why it cannot become faces; null when it may.</summary>
    public string? Problem { get; private init; }

    /// <summary>Whether it is there but could not be read this time: nobody knows what is in it.</summary>
    public bool IsUnreadable { get; private init; }

    /// <summary>Reads a file, up to a limit.</summary>
    /// <returns>Null when it is gone.</returns>
    public static async Task<FolderPicture?> ReadAsync(FolderEntry entry, int maxBytes, CancellationToken cancellationToken)
    {
        if (!GalleryNames.IsSubject(entry.Subject))
        {
            return new(entry) { Problem = $"'{entry.Subject}' cannot be a subject's name" };
        }

        if (entry.Size == 0)
        {
            return NoPicture(entry, "is empty"); // or no regular file: opening one may block
        }

        try
        {
            await using var stream = new FileStream(
                entry.FullPath, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.SequentialScan, BufferSize = 0 });
            byte[] head = new byte[ImageFormats.HeadLength];
            int length = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            var format = ImageFormats.Sniff(head.AsSpan(0, length));
            if (format is not { } known || !ImageFormats.IsAccepted(known))
            {
                return NoPicture(entry, format is { } refused ? $"is {ImageFormats.NameOf(refused)}; accepted are {ImageFormats.AcceptedNames}" : "is of no image type that is known");
            }

            return stream.Length <= maxBytes && await ReadAllAsync(entry, stream, head.AsMemory(0, length), maxBytes, cancellationToken) is { } picture
                ? picture
                : new(entry) { Problem = $"has more than {maxBytes} bytes" };
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(entry) { Problem = "cannot be read", IsUnreadable = true };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static FolderPicture NoPicture(FolderEntry entry, string problem) =>
        new(entry) { Problem = _pictureEndings.Contains(Path.GetExtension(entry.Path)) ? problem : null };

    /// <summary>The rest of a file; null when it has grown beyond the limit.</summary>
    private static async Task<FolderPicture?> ReadAllAsync(FolderEntry entry, FileStream stream, ReadOnlyMemory<byte> head, int maxBytes, CancellationToken cancellationToken)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)Math.Min(maxBytes, Math.Max(stream.Length, head.Length)) + 1);
        try
        {
            head.CopyTo(rented);
            int length = head.Length;
            while (await stream.ReadAsync(rented.AsMemory(length), cancellationToken) is var read and > 0)
            {
                length += read;
                if (length == rented.Length)
                {
                    if (length > maxBytes)
                    {
                        return null;
                    }

                    byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(maxBytes + 1L, 2L * length));
                    rented.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(rented);
                    rented = larger;
                }
            }

            if (length > maxBytes)
            {
                return null;
            }

            var picture = new FolderPicture(entry)
            {
                ContentHash = Convert.ToHexStringLower(SHA256.HashData(rented.AsSpan(0, length))),
                Bytes = rented.AsMemory(0, length),
                _rented = rented,
            };
            rented = [];
            return picture;
        }
        finally
        {
            if (rented.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}
