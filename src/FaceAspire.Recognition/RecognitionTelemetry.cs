using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceAspire.Recognition.Caching;

namespace FaceAspire.Recognition;

/// <summary>What the module tells of its work. Costs nothing while nobody listens.</summary>
internal sealed class RecognitionTelemetry
{
    /// <summary>Name of the meter, and of the source of activities: <c>embed</c> of all faces of a picture (<c>model</c>, <c>faces</c>) and <c>compare</c> (<c>metric</c>, <c>pairs</c>).</summary>
    public const string Name = "FaceAspire.Recognition";

    private const string ResultTag = "result";

    private readonly Counter<long> _requests;

    public RecognitionTelemetry(IMeterFactory meters) => _requests = meters.Create(Name).CreateCounter<long>(
        "faceaspire.embedding_cache.requests", unit: "{picture}", description: "Pictures whose embeddings were asked of the cache.");

    /// <summary>The source of activities.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Counts a picture under <c>result</c>: hit, miss or bypass.</summary>
    public void Count(CacheResult result) => _requests.Add(1, new KeyValuePair<string, object?>(ResultTag, result switch
    {
        CacheResult.Hit => "hit",
        CacheResult.Miss => "miss",
        _ => "bypass",
    }));
}
