using FaceAspire.Gallery.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using StackExchange.Redis;

namespace FaceAspire.Recognition.Caching;

/// <summary>The one connection to Redis, and whether it is of use now. It is looked after in the background: while Redis is away no request waits for it, and nobody has to
/// ask for it to be found again.</summary>
internal sealed partial class RedisLink(IOptions<EmbeddingCacheOptions> options, TimeProvider time, ILogger<RedisLink> logger) : BackgroundService
{
    /// <summary>How long a request waits for a command: a Redis that is away must cost it next to nothing.</summary>
    public static readonly TimeSpan CommandLimit = TimeSpan.FromMilliseconds(250);

    // One slow command is a busy machine, not an outage.
    private const int ToleratedTimeouts = 2;

    private static readonly TimeSpan _probeEvery = TimeSpan.FromSeconds(2);

    // More than a request would wait: a probe that fails on a busy machine would switch the tier off.
    private static readonly TimeSpan _probeLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _startLimit = TimeSpan.FromMilliseconds(500);

    private readonly Lock _state = new();
    private ConnectionMultiplexer? _connection;
    private RedisCache? _cache;
    private StackExchangeRedisInstrumentation? _instrumentation;
    private string? _obstacle = "connecting";
    private Task _first = Task.CompletedTask;
    private int _timeouts;
    private bool _refused;
    private bool _toldOfLoss;

    /// <summary>Whether a Redis is configured at all.</summary>
    public bool IsConfigured => options.Value.UsesRedis;

    /// <summary>Why Redis is of no use now, in a word; null when it is, or when none is configured.</summary>
    public string? Obstacle => IsConfigured ? Volatile.Read(ref _obstacle) : null;

    /// <summary>The cache in Redis; null while Redis is away.</summary>
    public IBufferDistributedCache? Cache => Volatile.Read(ref _obstacle) is null ? _cache : null;

    /// <summary>Connects and waits for that a moment, so that the first request finds what others have stored; a Redis that is away holds nothing up.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsConfigured)
        {
            return;
        }

        _first = TryReachAsync(cancellationToken);
        try
        {
            await _first.WaitAsync(_startLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Lost("connecting");
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Lets Redis commands appear in traces. The connection and the tracing may come in either order.</summary>
    public void Instrument(StackExchangeRedisInstrumentation instrumentation)
    {
        lock (_state)
        {
            _instrumentation = instrumentation;
            if (_connection is { } connection)
            {
                instrumentation.AddConnection(connection);
            }
        }
    }

    /// <summary>A command was answered.</summary>
    public void Succeeded()
    {
        Volatile.Write(ref _timeouts, 0);
        Volatile.Write(ref _refused, false);
    }

    /// <summary>Redis answered a command with an error: it is there, and the entry is no hit. Told once until a command succeeds again.</summary>
    public void Refused(RedisServerException failure)
    {
        if (!Interlocked.Exchange(ref _refused, true))
        {
            LogRefused(failure.Message.Split(' ')[0]); // its code, such as OOM; what follows may name the key
        }
    }

    /// <summary>A command got no answer.</summary>
    public void Failed(Exception failure)
    {
        if (failure is not TimeoutException || Interlocked.Increment(ref _timeouts) > ToleratedTimeouts)
        {
            Lost(Describe(failure));
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _cache?.Dispose();
        _connection?.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _first; // may still be connecting, and one connection is enough
        using var timer = new PeriodicTimer(_probeEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryReachAsync(stoppingToken);
        }
    }

    private static string Describe(Exception failure) => failure switch
    {
        RedisConnectionException connection => connection.FailureType.ToString(),
        TimeoutException => "no answer in time",
        _ => failure.GetType().Name,
    };

    /// <summary>Finds out whether Redis answers, connecting first where that has not been done.</summary>
    private async Task TryReachAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = _connection ?? await ConnectAsync();
            await connection.GetDatabase().PingAsync().WaitAsync(_probeLimit, time, cancellationToken);
            Found();
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is: an exception that left a background service would end the process.
            Lost(Describe(failure));
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(RedisSettings.Parse(options.Value.Redis!, CommandLimit)); // was checked at start
        lock (_state)
        {
            _connection = connection;
            _cache = new(Options.Create(new RedisCacheOptions { ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(connection) }));
            _instrumentation?.AddConnection(connection);
        }

        return connection;
    }

    private void Found()
    {
        lock (_state)
        {
            _timeouts = 0;
            if (_obstacle is not null)
            {
                Volatile.Write(ref _obstacle, null);
                if (_toldOfLoss)
                {
                    _toldOfLoss = false;
                    LogFound();
                }
            }
        }
    }

    private void Lost(string obstacle)
    {
        lock (_state)
        {
            Volatile.Write(ref _obstacle, obstacle);
            if (!_toldOfLoss)
            {
                _toldOfLoss = true;
                LogLost(obstacle);
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Redis is away ({Obstacle}): until it is back embeddings are kept in this process only")]
    private partial void LogLost(string obstacle);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Redis is back")]
    private partial void LogFound();

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Redis refuses commands of the embedding cache ({Code})")]
    private partial void LogRefused(string code);
}
