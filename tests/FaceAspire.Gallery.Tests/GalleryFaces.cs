using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests;

/// <summary>Faces, spaces and vectors for tests of stores, made of seeds.</summary>
internal static class GalleryFaces
{
    /// <summary>Numbers in a vector: as many as the embedded recogniser has.</summary>
    public const int Dimension = 192;

    /// <summary>The space of the embedded models.</summary>
    public static EmbeddingSpace Space { get; } = new("FaceLite", "0123456789ab", Dimension, "facelite", "native", "base", Align: true, ExpandPercentage: 0);

    /// <summary>The space of another model.</summary>
    public static EmbeddingSpace OtherSpace { get; } = new("ArcFace", "ba9876543210", 32, "yunet", "deepface", "ArcFace", Align: false, ExpandPercentage: 12);

    /// <summary>A vector whose numbers come from a seed.</summary>
    public static Embedding Vector(int seed, EmbeddingSpace? space = null)
    {
        float[] values = new float[(space ?? Space).Dimension];
        Random random = new((seed * 1_009) + values.Length); // not the beginning of a longer one
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return new(values);
    }

    /// <summary>A hash as that of a picture.</summary>
    public static string Hash(int seed) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed.ToString(CultureInfo.InvariantCulture))));

    /// <summary>A face to be enrolled; everything about it comes from its seed.</summary>
    public static FaceEnrolment Face(string subject, int seed, params ReadOnlySpan<EmbeddingSpace> spaces)
    {
        List<SpaceEmbedding> embeddings = [];
        foreach (var space in spaces.Length == 0 ? [Space] : spaces)
        {
            embeddings.Add(new(space, Vector(seed, space)));
        }

        bool wasSent = seed % 3 == 0;
        return new(
            subject,
            Hash(seed),
            FaceIndex: seed % 2,
            new FacialArea(seed, seed + 1, 100, 120, seed % 5 == 0 ? null : [seed + 60, 40], seed % 5 == 0 ? null : [seed + 20, 41]),
            Confidence: 0.5 + (seed % 10 / 20.0),
            Source: wasSent ? null : $"{subject}/{seed}.jpg",
            Thumbnail: wasSent ? default(ReadOnlyMemory<byte>?) : Thumbnail(seed),
            embeddings);
    }

    /// <summary>Bytes in the place of a JPEG, which no store looks into.</summary>
    public static byte[] Thumbnail(int seed)
    {
        byte[] bytes = new byte[200 + (seed % 50)];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
