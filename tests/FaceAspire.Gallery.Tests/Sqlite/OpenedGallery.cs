using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests.Sqlite;

/// <summary>A store in a folder of its own that can be closed and opened again.</summary>
internal sealed class OpenedGallery : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteFaceGallery? _store;

    /// <summary>The folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>The folder of the indexes.</summary>
    public string Segments => Path.Combine(Folder, "segments");

    /// <summary>The store, opened when it is not.</summary>
    public SqliteFaceGallery Store => _store ??= SqliteFaceGallery.Open(Folder, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);

    /// <summary>Closes the store.</summary>
    public void Close()
    {
        _store?.Dispose();
        _store = null;
    }

    /// <summary>The names of the files that hold some bytes.</summary>
    public IEnumerable<string> FilesWith(byte[] bytes) => With([bytes]).Select(static found => found.File);

    /// <summary>Which of several sequences of bytes the files hold.</summary>
    public List<(string File, int Which)> With(IEnumerable<byte[]> sequences)
    {
        List<byte[]> wanted = [.. sequences];
        List<(string File, int Which)> found = [];
        foreach (string path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) == "galleries.lock")
            {
                new FileInfo(path).Length.ShouldBe(0); // locked against reading, too
                continue;
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            for (int i = 0; i < wanted.Count; i++)
            {
                if (content.AsSpan().IndexOf(wanted[i]) >= 0)
                {
                    found.Add((Path.GetRelativePath(Folder, path), i));
                }
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }
}
