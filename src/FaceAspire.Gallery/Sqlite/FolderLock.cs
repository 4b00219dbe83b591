using FaceAspire.Contracts.Errors;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>Holds a folder for this process alone, until it is disposed or the process ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = "galleries.lock";

    private const UnixFileMode ForTheUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Makes the folder, readable for the user only, where it is absent, and takes it.</summary>
    /// <exception cref="FaceAspireException"><c>service_unavailable</c>: another process has it.</exception>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static FolderLock Take(string folder)
    {
        MakeFolder(folder);
        string path = Path.Combine(folder, FileName);
        MakeFile(path);
        try
        {
            // Nothing is written into it: what counts is the lock, which the system drops when the process dies.
            return new(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new FaceAspireException(
                ErrorCode.ServiceUnavailable, "The galleries' folder is used by another process. End it, or set DATA_DIR to another folder.", exception);
        }
    }

    /// <summary>Makes a folder that only the user can look into; one that is there stays as it is.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, ForTheUser | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Makes an empty file that only the user can read; one that is there stays as it is.</summary>
    public static void MakeFile(string path)
    {
        if (!File.Exists(path))
        {
            FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = ForTheUser;
            }

            new FileStream(path, options).Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
