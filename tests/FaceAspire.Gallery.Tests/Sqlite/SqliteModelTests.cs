using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests.Sqlite;

public sealed class SqliteModelTests : GalleryModelTest, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Not the random numbers of the operations: how many files there are depends on how fast they are written, and the operations must be the same at every run.
    private readonly Random _harm = new(1);
    private SqliteFaceGallery? _gallery;

    public void Dispose()
    {
        _gallery?.Dispose();
        _folder.Dispose();
    }

    private protected override Task<IFaceGallery> OpenAsync(TimeProvider time) =>
        Task.FromResult<IFaceGallery>(_gallery = SqliteFaceGallery.Open(_folder.Path, NullLogger<SqliteFaceGallery>.Instance, time));

    /// <summary>Closed and opened, with its indexes, without some of them, or with harmed ones.</summary>
    private protected override Task<IFaceGallery> ReopenAsync(IFaceGallery store, TimeProvider time, Random random)
    {
        _gallery!.Dispose();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder.Path, "segments")))
        {
            switch (_harm.Next(4))
            {
                case 0:
                    File.Delete(file);
                    break;
                case 1:
                    byte[] content = File.ReadAllBytes(file);
                    _harm.NextBytes(content.AsSpan(_harm.Next(content.Length / 2), content.Length / 100));
                    File.WriteAllBytes(file, content);
                    break;
            }
        }

        return OpenAsync(time);
    }
}
