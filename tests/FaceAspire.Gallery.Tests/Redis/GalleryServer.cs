using FaceAspire.Local;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Tests.Redis;

/// <summary>A server that the tests of one class use one after the other, each from empty.</summary>
public abstract class GalleryServer(bool hasVectorSets) : IAsyncLifetime
{
    private CacheServer? _server;
    private ConnectionMultiplexer? _connection;

    /// <summary>Whether it has vector sets.</summary>
    public bool HasVectorSets => hasVectorSets;

    /// <summary>Which program it is.</summary>
    public string Kind => hasVectorSets ? "Garnet with --enable-vector-set-preview, in the place of Redis 8" : "redis-server without vector sets";

    /// <summary>How StackExchange.Redis is told of it.</summary>
    public string ConnectionString => (_server ?? throw new InvalidOperationException("It is not running.")).ConnectionString;

    /// <summary>The database, for looking behind the store.</summary>
    public IDatabase Database => Connection.GetDatabase();

    private ConnectionMultiplexer Connection => _connection ?? throw new InvalidOperationException("It is not running.");

    /// <summary>Empties it; skips the test where the server is not installed.</summary>
    public async Task EmptyAsync()
    {
        Assert.SkipUnless(hasVectorSets || CacheServer.IsInstalled, "redis-server is not installed");
        await Connection.GetServers()[0].FlushAllDatabasesAsync();
    }

    /// <summary>All keys there are.</summary>
    public async Task<List<RedisKey>> KeysAsync(CancellationToken cancellationToken) => await Connection.GetServers()[0].KeysAsync().ToListAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (hasVectorSets || CacheServer.IsInstalled)
        {
            _server = await CacheServer.StartAsync(TestContext.Current.CancellationToken, hasVectorSets: hasVectorSets);
            _connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString + ",allowAdmin=true");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }

        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

/// <summary>Garnet in this process: its vector sets are those of Redis 8.</summary>
public sealed class VectorSetServer() : GalleryServer(hasVectorSets: true);

/// <summary>Debian's <c>redis-server</c> 7, which has none.</summary>
public sealed class PlainServer() : GalleryServer(hasVectorSets: false);
