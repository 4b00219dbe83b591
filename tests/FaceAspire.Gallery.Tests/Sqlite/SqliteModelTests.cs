using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests.Sqlite;

public sealed class SqliteModelTests : GalleryModelTest, IDisposable
{
    private readonly TemporaryFolder _folder = new();
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
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder.Path, "segments")).OrderBy(static file => new FileInfo(file).Length)) // names are random, and a seed should be one sequence
        {
            switch (random.Next(4))
            {
                case 0:
                    File.Delete(file);
                    break;
                case 1:
                    byte[] content = File.ReadAllBytes(file);
                    random.NextBytes(content.AsSpan(random.Next(content.Length / 2), content.Length / 100));
                    File.WriteAllBytes(file, content);
                    break;
            }
        }

        return OpenAsync(time);
    }
}
