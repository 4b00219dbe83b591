using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests.Sqlite;

public sealed class SqliteFaceGalleryTests : FaceGalleryContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteFaceGallery? _gallery;

    public void Dispose()
    {
        _gallery?.Dispose();
        _folder.Dispose();
    }

    private protected override Task<IFaceGallery> OpenAsync() =>
        Task.FromResult<IFaceGallery>(_gallery = SqliteFaceGallery.Open(_folder.Path, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System));
}
