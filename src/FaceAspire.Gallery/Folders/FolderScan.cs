namespace FaceAspire.Gallery.Folders;

/// <summary>The files below a folder. Hidden ones are left out; so are links to folders, and links to files that lead out of the folder.</summary>
internal sealed class FolderScan
{
    private static readonly EnumerationOptions _visible = new() { AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false };

    private readonly List<string> _unlisted = [];
    private readonly List<FolderEntry> _files = [];
    private readonly string _root;

    private FolderScan(string root) => _root = root;

    /// <summary>The files, by path (ordinal).</summary>
    public IReadOnlyList<FolderEntry> Files => _files;

    /// <summary>Folders that cannot be listed, relative, with <c>/</c> at the end.</summary>
    public IReadOnlyList<string> Unlisted => _unlisted;

    /// <summary>Whether there is nothing in the folder, not even another one.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Lists a folder.</summary>
    /// <exception cref="IOException">It is missing or cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be listed.</exception>
    public static FolderScan Read(string root, CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(root);
        var scan = new FolderScan(folder.FullName);
        scan.IsEmpty = !folder.EnumerateFileSystemInfos().Any();
        var waiting = new Stack<DirectoryInfo>([folder]);
        while (waiting.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                scan.List(next, waiting);
            }
            catch (DirectoryNotFoundException) when (next != folder)
            {
                // Removed since its parent was listed: as if it had never been there.
            }
            catch (Exception exception) when (next != folder && exception is IOException or UnauthorizedAccessException)
            {
                scan._unlisted.Add($"{scan.Relative(next)}/");
            }
        }

        // A volume that goes away in the middle looks like folders that were removed.
        if (!scan.IsEmpty && !folder.EnumerateFileSystemInfos().Any())
        {
            throw new IOException("The folder was emptied while it was listed.");
        }

        scan._files.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        return scan;
    }

    /// <summary>Whether a path is below a folder that cannot be listed, so that nobody knows whether it is there.</summary>
    public bool IsUnknown(string path) => _unlisted.Exists(folder => path.StartsWith(folder, StringComparison.Ordinal));

    private void List(DirectoryInfo folder, Stack<DirectoryInfo> waiting)
    {
        foreach (var info in folder.EnumerateFileSystemInfos("*", _visible))
        {
            switch (info)
            {
                case DirectoryInfo { LinkTarget: null } inner:
                    waiting.Push(inner);
                    break;
                case FileInfo file when Resolve(file) is { Exists: true } real:
                    _files.Add(new(Relative(file), real.FullName, real.Length, Milliseconds(real.LastWriteTimeUtc)));
                    break;
            }
        }
    }

    /// <summary>The file itself, or what it links to inside of the folder; null for a link that leads out, nowhere, or to a folder.</summary>
    private FileInfo? Resolve(FileInfo file)
    {
        if (file.LinkTarget is null)
        {
            return file;
        }

        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target && IsInside(target.Directory) ? target : null;
        }
        catch (IOException)
        {
            return null; // a loop of links
        }
    }

    /// <summary>Whether a folder is the root or below it without a link between: what such a link leads to is not looked into.</summary>
    private bool IsInside(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
        {
            if (folder.FullName == _root)
            {
                return true;
            }

            if (folder.LinkTarget is not null)
            {
                return false;
            }
        }

        return false;
    }

    private string Relative(FileSystemInfo info) => Path.GetRelativePath(_root, info.FullName).Replace(Path.DirectorySeparatorChar, '/');

    private static DateTimeOffset Milliseconds(DateTime time) => DateTimeOffset.FromUnixTimeMilliseconds(new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds());
}
