using System.Collections.Concurrent;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Recognition;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Recognition;

/// <summary>The embedding of the largest face of every photo of <c>pairs.csv</c>, computed once per model and alignment.</summary>
internal static class PairEmbeddings
{
    private static readonly ConcurrentDictionary<(string Model, AlignmentMode Alignment), Lazy<Dictionary<string, Embedding>>> _computed = new();

    public static Dictionary<string, Embedding> Of(VisionFixture models, string model, AlignmentMode alignment)
    {
        SharedMaterial.Require();
        return _computed.GetOrAdd((model, alignment), _ => new(() => Golden.Pairs()
            .SelectMany(static pair => new[] { pair.First, pair.Second })
            .Distinct()
            .ToDictionary(static photo => photo, photo => models.EmbedPhoto(model, SharedMaterial.Photo(photo), alignment)))).Value;
    }
}
