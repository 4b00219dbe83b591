using FaceAspire.Gallery.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests.Redis;

/// <summary>On a server with vector sets.</summary>
public sealed class VectorSetModelTests(VectorSetServer server) : RedisModelTests(server), IClassFixture<VectorSetServer>;

/// <summary>On a server that stores only.</summary>
public sealed class PlainRedisModelTests(PlainServer server) : RedisModelTests(server), IClassFixture<PlainServer>;

/// <summary>Random operations, now by one replica and now by another.</summary>
public abstract class RedisModelTests(GalleryServer server) : GalleryModelTest, IAsyncDisposable
{
    private readonly List<RedisFaceGallery> _replicas = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected override async Task<IFaceGallery> OpenAsync(TimeProvider time)
    {
        await server.EmptyAsync();
        for (int i = 0; i < 2; i++)
        {
            _replicas.Add(new(server.ConnectionString, NullLogger<RedisFaceGallery>.Instance, time));
        }

        return _replicas[0];
    }

    private protected override Task<IFaceGallery> ReopenAsync(IFaceGallery store, TimeProvider time, Random random) =>
        Task.FromResult<IFaceGallery>(_replicas[random.Next(_replicas.Count)]);
}
