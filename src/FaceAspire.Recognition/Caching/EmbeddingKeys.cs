using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Recognition.Caching;

/// <summary>Names the embeddings of a picture by everything that decides them: its bytes, the options, the networks' files and the release. So nothing ever needs to be
/// invalidated: what changes has another name. The picture cannot be told from the key.</summary>
internal sealed class EmbeddingKeys(ModelCatalog catalog, ModelStore store, RecognitionDefaults defaults)
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "fa1:";

    // Another release may decode, align or normalize otherwise, with the same files.
    private static readonly string _release =
        $"{CachedFacesSerializer.Version}|{typeof(EmbeddingKeys).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}";

    private readonly FrozenDictionary<string, ModelEntry> _detectors = catalog.Of(ModelTask.Detection).ToFrozenDictionary(static entry => entry.Name);

    // What a checked face is checked with. The check's crops stand in the key of every plan that has one.
    private readonly ModelEntry[] _liveness = [.. catalog.Of(ModelTask.Liveness)];

    // Which detector finds missing landmarks depends on the default, and where nothing is detected by default, on the catalogue's order.
    private readonly ModelEntry _landmarks = catalog.Of(ModelTask.Detection).First();

    // A description costs more than the rest of the key. It changes only when weights come whose hash the catalogue does not have.
    private readonly ConcurrentDictionary<string, string> _descriptions = new(StringComparer.Ordinal);

    /// <summary>The key of a picture's embeddings: the prefix and 64 hexadecimal digits.</summary>
    /// <param name="image">The encoded picture.</param>
    /// <param name="plan">How it becomes embeddings.</param>
    public string Of(ReadOnlySpan<byte> image, RecognitionPlan plan)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(image, hash);
        string everything = string.Create(
            CultureInfo.InvariantCulture,
            $"{_release}|{Convert.ToHexStringLower(hash)}|{Describe(plan.Extraction)}|{plan.Alignment}|{plan.Normalization}|{plan.ModelVersion}|{store.IdentityOf(plan.Model)}|{Describe(plan.Input)}|{(plan.RequireReal ? string.Join(';', _liveness.Select(Describe)) : "")}");
        SHA256.HashData(Encoding.UTF8.GetBytes(everything), hash);
        return $"{Prefix}{Convert.ToHexStringLower(hash)}";
    }

    private string Describe(ModelEntry network)
    {
        string weights = string.Join(';', Enumerable.Range(0, network.MoreFiles.Count + 1).Select(part => store.IdentityOf(network, part)));
        return _descriptions.GetOrAdd($"{network.Task}|{network.Name}|{weights}", _ => DescribeWith(network, weights));
    }

    private static string DescribeWith(ModelEntry detector, string weights) => string.Create(
        CultureInfo.InvariantCulture, $"{weights}|{detector.Decoder}|{detector.ScoreThreshold}|{detector.OverlapThreshold}|{Describe(detector.Input)}");

    private static string Describe(ModelInput input) => string.Create(
        CultureInfo.InvariantCulture, $"{input.Width}|{input.Height}|{input.Color}|{string.Join(';', input.Mean.Select(static mean => mean.ToString(CultureInfo.InvariantCulture)))}|{input.Scale}|{input.TakesBytes}|{input.TakesShares}|{input.FittedSide}|{input.IsStandardized}");

    private static string Describe(CropRecipe crop) => string.Create(CultureInfo.InvariantCulture, $"{crop.Geometry}|{crop.Width}|{crop.Height}|{crop.Margin}");

    private string Describe(ExtractionOptions extraction) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(_detectors.TryGetValue(extraction.Detector, out var detector) ? Describe(detector) : ApiNames.SkipDetector)}|{defaults.Detector}|{Describe(_landmarks)}|{string.Join(';', extraction.Crops.Select(Describe))}|{extraction.Align}|{extraction.ExpandPercentage}|{extraction.MaxFaces}|{extraction.WholeImageWithoutFace}");
}
