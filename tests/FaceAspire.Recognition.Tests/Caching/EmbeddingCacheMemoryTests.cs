using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Recognition.Caching;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Tests.Caching;

/// <summary>Apart from the others, because it measures the memory of the whole process.</summary>
[CollectionDefinition(nameof(EmbeddingCacheMemoryTests), DisableParallelization = true), Collection(nameof(EmbeddingCacheMemoryTests))]
public sealed class EmbeddingCacheMemoryTests
{
    [Fact]
    public async Task Get_MorePicturesThanMemoryHolds_StaysWithinIt()
    {
        // The smallest entries weigh most beside their bytes.
        const int Megabytes = 16;
        const int Pictures = 20_000; // 29 MiB, were all kept
        var token = TestContext.Current.CancellationToken;
        var catalog = ModelCatalog.LoadDefault();
        var store = new ModelStore(new() { ModelsCache = null }, NullLogger<ModelStore>.Instance);
        var defaults = new RecognitionDefaults(Options.Create(new RecognitionOptions()), catalog, store);
        var plan = defaults.Plan(
            model: null, detector: null, alignment: null, InputNormalization.Base, enforceDetection: true, align: true, expandPercentage: 0, maxFaces: null);
        var options = Options.Create(new EmbeddingCacheOptions { Megabytes = Megabytes });
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var link = new RedisLink(options, TimeProvider.System, NullLogger<RedisLink>.Instance);
        using var cache = new EmbeddingCache(options, new(catalog, store, defaults), link, ActivatorUtilities.CreateInstance<RecognitionTelemetry>(services), TimeProvider.System);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int i = 0; i < Pictures; i++)
        {
            await cache.GetAsync(BitConverter.GetBytes(i), plan, new(CachePolicy.Use), static (_, _) => Task.FromResult(OneFace()), token);
        }

        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{kept / 1_048_576.0:F1} MiB kept of {Megabytes}");
        kept.ShouldBeInRange(Megabytes * 1_048_576 / 2, Megabytes * 1_048_576);
    }

    private static IReadOnlyList<FaceEmbedding> OneFace() => [new(new Embedding(new float[192]), new(1, 2, 3, 4, [5, 6], [7, 8]), 0.9)];
}
