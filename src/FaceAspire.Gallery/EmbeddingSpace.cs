using System.Text.Json.Serialization;

namespace FaceAspire.Gallery;

/// <summary>Everything that decides whether two embeddings may be compared. Embeddings of different spaces never meet.</summary>
/// <param name="Model">The recogniser, in the catalogue's spelling.</param>
/// <param name="ModelVersion">First 12 digits of the SHA-256 of its file.</param>
/// <param name="Dimension">Numbers in an embedding.</param>
/// <param name="Detector">The detector, in the catalogue's spelling.</param>
/// <param name="Alignment">The alignment used, <c>native</c> or <c>deepface</c>.</param>
/// <param name="Normalization">What is done to the input's values.</param>
/// <param name="Align">Whether faces are rotated upright.</param>
/// <param name="ExpandPercentage">By how much the box grows, in percent of its sides.</param>
public sealed record EmbeddingSpace(
    string Model, string ModelVersion, int Dimension, string Detector, string Alignment, string Normalization, bool Align, int ExpandPercentage)
{
    /// <summary>The same in one word, for names of files and keys: letters, digits, dots and dashes.</summary>
    [JsonIgnore]
    public string Key => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Model}-{ModelVersion}-{Dimension}-{Detector}-{Alignment}-{Normalization}-{(Align ? "aligned" : "unaligned")}-{ExpandPercentage}");
}
