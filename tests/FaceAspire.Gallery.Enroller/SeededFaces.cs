using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Enroller;

/// <summary>Faces that two processes make alike from a seed.</summary>
public static class SeededFaces
{
    /// <summary>Where they are enrolled.</summary>
    public const string Gallery = "crash";

    /// <summary>The space of their embeddings.</summary>
    public static EmbeddingSpace Space { get; } = new("FaceLite", "0123456789ab", 192, "facelite", "native", "base", Align: true, ExpandPercentage: 0);

    /// <summary>The embedding of a seed.</summary>
    public static Embedding Vector(int seed)
    {
        Random random = new(seed);
        float[] values = new float[Space.Dimension];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        return new(values);
    }

    /// <summary>The face of a seed.</summary>
    public static FaceEnrolment Enrolment(int seed) => new(
        string.Create(CultureInfo.InvariantCulture, $"subject {seed % 7}"),
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed.ToString(CultureInfo.InvariantCulture)))),
        FaceIndex: 0,
        new FacialArea(1, 2, 3, 4),
        Confidence: 1,
        Source: null,
        Thumbnail: Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"thumbnail {seed}")),
        [new(Space, Vector(seed))]);
}
