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
internal sealed class EmbeddingKeys(ModelCatalog catalog, RecognitionDefaults defaults)
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "fa1:";

    // Another release may decode, align or normalize otherwise, with the same files.
    private static readonly string _release =
        $"{CachedFacesSerializer.Version}|{typeof(EmbeddingKeys).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}";

    private readonly FrozenDictionary<string, string> _detectors = catalog.Of(ModelTask.Detection)
        .Select(static entry => KeyValuePair.Create(entry.Name, Describe(entry)))
        .Append(KeyValuePair.Create(ApiNames.SkipDetector, ApiNames.SkipDetector))
        .ToFrozenDictionary();

    // What a checked face was checked with. The check's crops stand in the key of every plan that has one.
    private readonly string _liveness = string.Join(';', catalog.Of(ModelTask.Liveness).Select(Describe));

    // Which of them finds missing landmarks depends on the default, and where nothing is detected by default, on the catalogue's order.
    private readonly string _landmarks = $"{defaults.Detector}|{Describe(catalog.Of(ModelTask.Detection).First())}";

    /// <summary>The key of a picture's embeddings: the prefix and 64 hexadecimal digits.</summary>
    /// <param name="image">The encoded picture.</param>
    /// <param name="plan">How it becomes embeddings.</param>
    public string Of(ReadOnlySpan<byte> image, RecognitionPlan plan)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(image, hash);
        string everything = string.Create(
            CultureInfo.InvariantCulture,
            $"{_release}|{Convert.ToHexStringLower(hash)}|{Describe(plan.Extraction)}|{plan.Alignment}|{plan.Normalization}|{plan.Model.Sha256}|{Describe(plan.Input)}|{(plan.RequireReal ? _liveness : "")}");
        SHA256.HashData(Encoding.UTF8.GetBytes(everything), hash);
        return $"{Prefix}{Convert.ToHexStringLower(hash)}";
    }

    private static string Describe(ModelEntry detector) => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(';', detector.Files.Select(static file => file.Sha256))}|{detector.Decoder}|{detector.ScoreThreshold}|{detector.OverlapThreshold}|{Describe(detector.Input)}");

    private static string Describe(ModelInput input) => string.Create(
        CultureInfo.InvariantCulture, $"{input.Width}|{input.Height}|{input.Color}|{string.Join(';', input.Mean.Select(static mean => mean.ToString(CultureInfo.InvariantCulture)))}|{input.Scale}|{input.TakesBytes}|{input.TakesShares}|{input.FittedSide}|{input.IsStandardized}");

    private static string Describe(CropRecipe crop) => string.Create(CultureInfo.InvariantCulture, $"{crop.Geometry}|{crop.Width}|{crop.Height}|{crop.Margin}");

    private string Describe(ExtractionOptions extraction) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_detectors[extraction.Detector]}|{_landmarks}|{string.Join(';', extraction.Crops.Select(Describe))}|{extraction.Align}|{extraction.ExpandPercentage}|{extraction.MaxFaces}|{extraction.WholeImageWithoutFace}");
}
