using FaceAspire.Contracts.Errors;
using Microsoft.Win32.SafeHandles;

namespace FaceAspire.ServiceDefaults.Images;

/// <summary>Reads pictures from files under the allowed folders. Whatever is wrong with a path, the answer is the same, so that nothing can be probed.</summary>
internal sealed class FileImages
{
    private readonly string[] _roots;
    private readonly int _maxBytes;

    /// <summary>Resolves the folders once.</summary>
    public FileImages(IEnumerable<string> roots, int maxBytes)
    {
        _roots = [.. roots.Select(Canonical).OfType<string>()];
        _maxBytes = maxBytes;
    }

    /// <summary>The picture in a file. A relative path counts from each folder in turn.</summary>
    /// <exception cref="FaceAspireException">It is not there, not readable, not a file, outside of the folders, or too large.</exception>
    public async Task<ImageBytes> ReadAsync(string field, string path, CancellationToken cancellationToken)
    {
        try
        {
            foreach (string root in _roots)
            {
                // The real path, links resolved, decides; and it is the one opened.
                if (Canonical(Path.Combine(root, path)) is { } file && IsUnder(file) && IsRegularFile(file))
                {
                    return await ReadFileAsync(field, file, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refused(field, exception);
        }

        throw Refused(field);
    }

    private static FaceAspireException Refused(string field, Exception? cause = null) =>
        new(ErrorCode.ImageDecodeError, $"{field}: there is no such file, or it is not readable under the allowed folders.", cause);

    /// <summary>FIFOs, sockets and devices have no length, and opening them may block; .NET has no other word for them. An empty file is no picture either.</summary>
    private static bool IsRegularFile(string file) => new FileInfo(file) is { Exists: true, Length: > 0 };

    /// <summary>The path with every link in it resolved; null when it leads nowhere.</summary>
    private static string? Canonical(string path)
    {
        string full = Path.GetFullPath(path);
        string resolved = Path.GetPathRoot(full) ?? "/";
        int links = 0;
        var rest = new Stack<string>(full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        while (rest.TryPop(out string? segment))
        {
            string next = Path.GetFullPath(Path.Combine(resolved, segment));
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (info.LinkTarget is not { } target)
            {
                if (!info.Exists)
                {
                    return null;
                }

                resolved = next;
                continue;
            }

            if (++links > 40)
            {
                return null; // a loop
            }

            // Go on from where the link leads: what it names may hold links itself.
            string real = Path.GetFullPath(Path.Combine(resolved, target));
            resolved = Path.GetPathRoot(real) ?? "/";
            foreach (string part in real[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                rest.Push(part);
            }
        }

        return resolved;
    }

    private bool IsUnder(string file) => Array.Exists(_roots, root =>
        file.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private async Task<ImageBytes> ReadFileAsync(string field, string file, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });

        // Somebody may have put a link in the place of a folder since the path was resolved: what was opened must be what was checked.
        if (OpenedPath(stream.SafeFileHandle) is { } opened && !IsUnder(opened))
        {
            throw Refused(field);
        }

        var read = await BoundedRead.ReadAsync(stream, _maxBytes, stream.Length, cancellationToken)
            ?? throw new FaceAspireException(ErrorCode.ImageTooLarge, $"{field}: the file has more than {_maxBytes} bytes.");
        return ImageBytes.Owned(read.Rented, read.Length);
    }

    /// <summary>The real path of an open file, where the system tells it (Linux).</summary>
    private static string? OpenedPath(SafeFileHandle handle) =>
        OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget : null;
}
