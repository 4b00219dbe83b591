using FaceAspire.Contracts.Errors;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>The galleries' connection to Redis. Every command has a limit in time, and every failure becomes one that callers know.</summary>
internal sealed partial class GalleryLink(string connectionString, TimeProvider time, ILogger logger, Action opened) : IAsyncDisposable, IDisposable
{
    /// <summary>When it makes sense to come again after a failure: the connection is tried anew every second.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    // Longer than a cache may take: a search of a million vectors, or the removal of a person with thousands of faces, is one command or transaction.
    private static readonly TimeSpan _commandLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _connecting = new(1);
    private ConnectionMultiplexer? _connection;
    private object? _hasVectorSets; // a boxed bool; null while it is not known
    private bool _toldOfLoss;
    private bool _disposed;
    private int _losses;

    /// <summary>How often a command got no answer: who waited for something else while it grew need not wait for its own.</summary>
    public int Losses => Volatile.Read(ref _losses);

    /// <summary>The database, connected before the first use. One that is away is found again in the background.</summary>
    /// <exception cref="FaceAspireException">Redis is away.</exception>
    public async ValueTask<IDatabase> OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Volatile.Read(ref _connection) is { } open)
        {
            return open.GetDatabase();
        }

        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_connection is null)
            {
                Volatile.Write(ref _connection, await AskAsync(ConnectAsync(), cancellationToken));
                opened();
            }

            return _connection.GetDatabase();
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Whether the server has vector sets: Redis 8, or Garnet started with <c>--enable-vector-set-preview</c>. Asked once for each connection.</summary>
    public async ValueTask<bool> HasVectorSetsAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _hasVectorSets) is bool known)
        {
            return known;
        }

        var database = await OpenAsync(cancellationToken);
        bool has;
        try
        {
            // Tried, not looked up: Garnet lists the commands also where they are switched off.
            await database.ExecuteAsync("VCARD", [(RedisKey)(GalleryKeys.Prefix + "none")]).WaitAsync(_commandLimit, time, cancellationToken);
            has = true;
        }
        catch (RedisServerException failure) when (failure.Message.StartsWith("ERR ", StringComparison.Ordinal))
        {
            has = false;
        }
        catch (RedisServerException failure)
        {
            throw Refused(failure); // such as LOADING, which says nothing about its commands
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw Away(failure);
        }

        if (Interlocked.Exchange(ref _hasVectorSets, has) is null)
        {
            if (has)
            {
                LogVectorSets();
            }
            else
            {
                LogStorageOnly();
            }
        }

        return has;
    }

    /// <summary>Waits for a command.</summary>
    /// <exception cref="FaceAspireException">Redis is away, late, or refuses.</exception>
    public async Task<T> AskAsync<T>(Task<T> command, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await command.WaitAsync(_commandLimit, time, cancellationToken);
            Found();
            return answer;
        }
        catch (RedisServerException failure)
        {
            throw Refused(failure);
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw Away(failure);
        }
    }

    /// <summary>Waits for commands that were sent together.</summary>
    /// <exception cref="FaceAspireException">Redis is away, late, or refuses.</exception>
    public Task<T[]> AskAllAsync<T>(IEnumerable<Task<T>> commands, CancellationToken cancellationToken) => AskAsync(Task.WhenAll(commands), cancellationToken);

    /// <summary>The failure of a command that got no answer.</summary>
    public FaceAspireException Away(Exception? failure = null)
    {
        if (failure is not null)
        {
            Lost(failure);
        }

        return new(ErrorCode.ServiceUnavailable, "The store of the galleries does not answer.", failure) { RetryAfter = RetryAfter };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }

        _connecting.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _connection?.Dispose();
        _connecting.Dispose();
    }

    private static bool IsLoss(Exception failure) => failure is RedisException or TimeoutException or ObjectDisposedException;

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var settings = RedisSettings.Parse(connectionString, _commandLimit);
        settings.ConnectRetry = 1; // a request waits for the first attempt; more are made in the background
        var connection = await ConnectionMultiplexer.ConnectAsync(settings);
        connection.ConnectionRestored += (_, _) => Volatile.Write(ref _hasVectorSets, null); // may be another server
        return connection;
    }

    private FaceAspireException Refused(RedisServerException failure)
    {
        string code = failure.Message.Split(' ')[0]; // such as OOM; what follows may name the key
        LogRefused(code);
        return new(ErrorCode.ServiceUnavailable, $"The store of the galleries refuses the command ({code}).", failure) { RetryAfter = RetryAfter };
    }

    private void Lost(Exception failure)
    {
        Interlocked.Increment(ref _losses);
        if (!Interlocked.Exchange(ref _toldOfLoss, true))
        {
            LogLost(failure is RedisConnectionException connection ? connection.FailureType.ToString() : failure.GetType().Name);
        }
    }

    private void Found()
    {
        if (Volatile.Read(ref _toldOfLoss) && Interlocked.Exchange(ref _toldOfLoss, false))
        {
            LogFound();
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Galleries are searched by the vector sets of Redis, and ranked exactly")]
    private partial void LogVectorSets();

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "This Redis has no vector sets: it stores the galleries, and this process keeps their vectors in memory and searches them exactly")]
    private partial void LogStorageOnly();

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Redis is away ({Obstacle}): galleries cannot be used until it is back")]
    private partial void LogLost(string obstacle);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Redis is back: galleries can be used again")]
    private partial void LogFound();

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "Redis refuses commands of the galleries ({Code})")]
    private partial void LogRefused(string code);
}
