namespace FaceAspire.Gallery.Folders;

/// <summary>A file of the folder.</summary>
/// <param name="Path">Relative to the folder, with <c>/</c> between its parts.</param>
/// <param name="FullPath">Where to open it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When it was last written, in whole milliseconds: stores keep no more.</param>
internal sealed record FolderEntry(string Path, string FullPath, long Size, DateTimeOffset ModifiedAt)
{
    /// <summary>Who its faces are: the folder on top, or for a file without one its own name without the ending.</summary>
    public string Subject { get; } = Path.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? Path[..slash] : System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Whether a state is of this file as it is now.</summary>
    public bool IsAsIn(FolderFile state) => state.Size == Size && state.ModifiedAt == ModifiedAt;
}
