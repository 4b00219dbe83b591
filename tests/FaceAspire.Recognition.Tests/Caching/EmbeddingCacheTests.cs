using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using FaceAspire.Recognition.Caching;
using FaceAspire.ServiceDefaults.Calls;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Tests.Caching;

/// <summary>Who computes, who waits, and whose memory it is; without Redis.</summary>
public sealed class EmbeddingCacheTests : IDisposable
{
    private static readonly ModelCatalog _catalog = ModelCatalog.LoadDefault();
    private static readonly ModelStore _store = new(new() { ModelsCache = null }, NullLogger<ModelStore>.Instance);
    private static readonly RecognitionDefaults _defaults = new(Options.Create(new RecognitionOptions()), _catalog, _store);
    private static readonly RecognitionPlan _plan = _defaults.Plan(
        model: null, detector: null, alignment: null, InputNormalization.Base, enforceDetection: true, align: true, expandPercentage: 0, maxFaces: null);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CountingPool _pool = new();
    private readonly EmbeddingCache _cache;
    private readonly byte[] _image = [1, 2, 3, 4];
    private readonly Gate _gate = new();

    public EmbeddingCacheTests() => _cache = Create(new());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cache.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Get_SecondTime_IsTheFirstOnesAnswer()
    {
        var first = await GetAsync(Token);
        var use = new CacheUse(CachePolicy.Use);
        var second = await _cache.GetAsync(_image, _plan, use, _gate.ComputeAsync, Token);

        second.ShouldBeSameAs(first); // the object in memory, not a copy
        _gate.Runs.ShouldBe(1);
        use.Summary.ShouldBe("hit");
        _pool.Outstanding.ShouldBe(0);
    }

    [Fact]
    public async Task Get_ManyAtOnce_ComputesOnce()
    {
        _gate.Close();
        Task<IReadOnlyList<FaceEmbedding>>[] calls = [.. Enumerable.Range(0, 50).Select(_ => Task.Run(() => GetAsync(Token), Token))];
        await _gate.Entered.WaitAsync(TimeSpan.FromSeconds(10), Token);
        await UntilAsync(() => _pool.Rented == 50, "all have asked");
        _gate.Open();
        var answers = await Task.WhenAll(calls);

        _gate.Runs.ShouldBe(1);
        answers.ShouldAllBe(answer => ReferenceEquals(answer, answers[0]));
        _pool.Outstanding.ShouldBe(0); // those who joined gave theirs back
    }

    [Fact]
    public async Task Get_FirstCallerLeaves_ComputationGoesOnWithItsOwnBytesForTheOther()
    {
        _gate.Close();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        byte[] requests = [.. _image]; // memory of the first request
        var first = _cache.GetAsync(requests, _plan, new(CachePolicy.Use), _gate.ComputeAsync, leaving.Token);
        await _gate.Entered.WaitAsync(TimeSpan.FromSeconds(10), Token);
        var second = GetAsync(Token);

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        Array.Fill(requests, (byte)0xEE); // given back, and used by another request
        _gate.Open();

        (await second.WaitAsync(TimeSpan.FromSeconds(10), Token)).ShouldHaveSingleItem();
        _gate.Runs.ShouldBe(1);
        _gate.WasStopped.ShouldBeFalse();
        _gate.Seen.ShouldBe(_image);
        _pool.Outstanding.ShouldBe(0);
    }

    [Fact]
    public async Task Get_LastCallerLeaves_StopsTheComputation()
    {
        _gate.Close();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var first = GetAsync(leaving.Token);
        await _gate.Entered.WaitAsync(TimeSpan.FromSeconds(10), Token);
        var second = GetAsync(leaving.Token);
        await UntilAsync(() => _pool.Rented == 2, "the second has asked");

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => first);
        await Should.ThrowAsync<OperationCanceledException>(() => second);
        await UntilAsync(() => _gate.WasStopped, "the computation was told to stop");
        await UntilAsync(() => _pool.Outstanding <= 1, "the computation gave its memory back"); // the second's is left to the collector
        _gate.Open();
        (await GetAsync(Token)).ShouldHaveSingleItem(); // and it did not leave a failure behind
        _gate.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Get_CallersComeAndGo_NoMemoryComesBackTwiceOrIsReadAfterwards()
    {
        // Any order of starting, joining, leaving and ending; the pool spoils what has come back, and ComputeAsync checks what it reads.
        var random = new Random(20_251_125);
        int spoilt = 0;
        for (int round = 0; round < 200; round++)
        {
            byte[] image = BitConverter.GetBytes(round);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            {
                int patience = random.Next(4);
                return Task.Run(
                    async () =>
                    {
                        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
                        leaving.CancelAfter(TimeSpan.FromMilliseconds(patience));
                        try
                        {
                            await _cache.GetAsync(image, _plan, new(CachePolicy.Use), (memory, token) => CheckAsync(memory, image, token), leaving.Token);
                        }
                        catch (OperationCanceledException)
                        {
                            // left
                        }
                    },
                    Token);
            }));
        }

        spoilt.ShouldBe(0);

        async Task<IReadOnlyList<FaceEmbedding>> CheckAsync(ReadOnlyMemory<byte> memory, byte[] expected, CancellationToken token)
        {
            for (int i = 0; i < 3; i++)
            {
                if (!memory.Span.SequenceEqual(expected))
                {
                    Interlocked.Increment(ref spoilt); // perhaps nobody waits any more who would see an exception
                }

                await Task.Delay(1, token);
            }

            return [Face(192)];
        }
    }

    [Fact]
    public async Task Get_Failure_IsNotKept()
    {
        _gate.Failure = new FaceAspireException(ErrorCode.NoFaceDetected, "no face was detected.");
        (await Should.ThrowAsync<FaceAspireException>(() => GetAsync(Token))).Code.ShouldBe(ErrorCode.NoFaceDetected);
        _gate.Failure = null;

        (await GetAsync(Token)).ShouldHaveSingleItem();
        _gate.Runs.ShouldBe(2);
        _pool.Outstanding.ShouldBe(0);
    }

    [Fact]
    public async Task Get_Refresh_ComputesAgainAndKeepsThat()
    {
        var old = await GetAsync(Token);
        var use = new CacheUse(CachePolicy.Refresh);
        var fresh = await _cache.GetAsync(_image, _plan, use, _gate.ComputeAsync, Token);

        fresh.ShouldNotBeSameAs(old);
        use.Summary.ShouldBe("bypass");
        (await GetAsync(Token)).ShouldBeSameAs(fresh);
        _gate.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Get_Ignore_NeitherReadsNorStores()
    {
        var use = new CacheUse(CachePolicy.Ignore);
        await _cache.GetAsync(_image, _plan, use, _gate.ComputeAsync, Token);
        use.Summary.ShouldBe("bypass");
        var kept = await GetAsync(Token);
        (await _cache.GetAsync(_image, _plan, new(CachePolicy.Ignore), _gate.ComputeAsync, Token)).ShouldNotBeSameAs(kept);
        _gate.Runs.ShouldBe(3);
    }

    [Fact]
    public async Task Get_MoreFacesThanAnEntryHolds_AreAnsweredAndNotKept()
    {
        _gate.Faces = [.. Enumerable.Range(0, 100).Select(static _ => Face(4_096))]; // 1.6 MB

        (await GetAsync(Token)).Count.ShouldBe(100);
        (await GetAsync(Token)).Count.ShouldBe(100);
        _gate.Runs.ShouldBe(2);
        _pool.Outstanding.ShouldBe(0);
    }

    [Fact]
    public async Task Get_SwitchedOff_ComputesEveryTimeAndSaysNothing()
    {
        using var off = Create(new() { TtlSeconds = 0 });
        var use = new CacheUse(CachePolicy.Use);

        await off.GetAsync(_image, _plan, use, _gate.ComputeAsync, Token);
        await off.GetAsync(_image, _plan, use, _gate.ComputeAsync, Token);

        _gate.Runs.ShouldBe(2);
        use.Summary.ShouldBeNull();
        _pool.Rented.ShouldBe(0);
    }

    [Fact]
    public async Task Get_LifetimePassed_ComputesAgain()
    {
        using var brief = Create(new() { TtlSeconds = 1 });
        await brief.GetAsync(_image, _plan, new(CachePolicy.Use), _gate.ComputeAsync, Token);

        await UntilAsync(
            async () =>
            {
                await brief.GetAsync(_image, _plan, new(CachePolicy.Use), _gate.ComputeAsync, Token);
                return _gate.Runs == 2;
            },
            "the entry is gone");
    }

    [Fact]
    public async Task Get_Shared_RunsInTheFirstCallersTrace()
    {
        using var source = new ActivitySource("FaceAspire.Recognition.Tests");
        using var listener = new ActivityListener { ShouldListenTo = one => one == source, Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        using var request = source.StartActivity("request");

        await GetAsync(Token);

        request.ShouldNotBeNull();
        _gate.Trace.ShouldBe(request.TraceId);
    }

    [Fact]
    public async Task Get_Shared_CarriesNoCallersDeadline()
    {
        await GetAsync(Token);

        _gate.WasShared.ShouldBeTrue();
        SharedWork.IsRunning.ShouldBeFalse();

        await _cache.GetAsync(_image, _plan, new(CachePolicy.Ignore), _gate.ComputeAsync, Token);

        _gate.WasShared.ShouldBeFalse(); // for one caller only
    }

    [Fact]
    public async Task Get_EachWay_IsCounted()
    {
        List<string?> results = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "faceaspire.embedding_cache.requests" && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => results.Add($"{tags.ToArray().Single(static tag => tag.Key == "result").Value} {count}"));
        listener.Start();

        await GetAsync(Token);
        await GetAsync(Token);
        await _cache.GetAsync(_image, _plan, new(CachePolicy.Refresh), _gate.ComputeAsync, Token);

        results.ShouldBe(["miss 1", "hit 1", "bypass 1"]);
    }

    private static FaceEmbedding Face(int dimension) => new(new Embedding(new float[dimension]), new(1, 2, 3, 4, [5, 6], [7, 8]), 0.9);

    private static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10), $"waited for: {what}");
            await Task.Delay(5, Token);
        }
    }

    private EmbeddingCache Create(EmbeddingCacheOptions options)
    {
        var given = Options.Create(options);
        var link = new RedisLink(given, TimeProvider.System, NullLogger<RedisLink>.Instance);
        return new(given, new(_catalog, _store, _defaults), link, new(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System) { Pool = _pool };
    }

    private Task<IReadOnlyList<FaceEmbedding>> GetAsync(CancellationToken cancellationToken) =>
        _cache.GetAsync(_image, _plan, new(CachePolicy.Use), _gate.ComputeAsync, cancellationToken);

    /// <summary>A computation that can be held up.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _open = Opened();
        private int _runs;

        public Task Entered => _entered.Task;

        public int Runs => Volatile.Read(ref _runs);

        public bool WasStopped { get; private set; }

        public byte[] Seen { get; private set; } = [];

        public ActivityTraceId? Trace { get; private set; }

        public bool WasShared { get; private set; }

        public Exception? Failure { get; set; }

        public IReadOnlyList<FaceEmbedding> Faces { get; set; } = [Face(192)];

        public void Close() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _open.TrySetResult();

        public async Task<IReadOnlyList<FaceEmbedding>> ComputeAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            Trace = Activity.Current?.TraceId;
            WasShared = SharedWork.IsRunning;
            _entered.TrySetResult();
            try
            {
                await _open.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                WasStopped = true;
                throw;
            }

            Seen = image.ToArray();
            return Failure is null ? [.. Faces] : throw Failure;
        }

        private static TaskCompletionSource Opened()
        {
            var opened = new TaskCompletionSource();
            opened.SetResult();
            return opened;
        }
    }
}
