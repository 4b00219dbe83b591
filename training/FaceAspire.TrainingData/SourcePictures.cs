using System.Formats.Tar;
using System.IO.Compression;

namespace FaceAspire.TrainingData;

/// <summary>The encoded pictures of a folder or of a packed set, one after the other.</summary>
internal static class SourcePictures
{
    private static readonly string[] _endings = [".jpg", ".jpeg", ".png"];

    /// <summary>Name inside the source, with forward slashes, and the encoded bytes; sorted by name in a folder, in the archive's order in a pack.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Read(string source) => Directory.Exists(source) ? ReadFolder(source) : ReadArchive(source);

    private static IEnumerable<(string Name, byte[] Bytes)> ReadFolder(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsPicture).Order(StringComparer.Ordinal))
        {
            yield return (Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllBytes(path));
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> ReadArchive(string path)
    {
        using var archive = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data && IsPicture(entry.Name))
            {
                byte[] bytes = new byte[entry.Length];
                data.ReadExactly(bytes);
                yield return (entry.Name, bytes);
            }
        }
    }

    private static bool IsPicture(string name) => _endings.Contains(Path.GetExtension(name).ToLowerInvariant());
}
