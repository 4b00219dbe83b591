using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Transfer;

/// <summary>One face of an exported gallery: a line of JSON. The first line of a file is a <see cref="GalleryHeader"/>.</summary>
/// <param name="Subject">Who it is.</param>
/// <param name="ContentHash">SHA-256 of the picture, 64 lower-case hexadecimal digits.</param>
/// <param name="FaceIndex">Which face of the picture, from 0.</param>
/// <param name="FacialArea">Where it is in the picture.</param>
/// <param name="Confidence">The detector's score, 0 to 1.</param>
/// <param name="EnrolledAt">When it came.</param>
public sealed record GalleryLine(string Subject, string ContentHash, int FaceIndex, FacialArea FacialArea, double Confidence, DateTimeOffset EnrolledAt)
{
    /// <summary>Longest line, in bytes. A face needs some 40 kB.</summary>
    public const int MaxLength = 1_048_576;

    private const int MaxFaceIndex = 99_999;
    private const int MaxMetadata = 64;
    private const int MaxMetadataLength = 1_024;

    private static readonly SearchValues<char> _hexadecimal = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> _spaceCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>The picture's file, relative to the gallery's folder; null for one that was sent. Told only: what is imported belongs to no folder.</summary>
    public string? Source { get; init; }

    /// <summary>What else is known of the subject; on the first of its lines, and again where many others lie between two of them.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The face with its surroundings as JPEG.</summary>
    public byte[]? Thumbnail { get; init; }

    /// <summary>Where the embedding belongs; null without one.</summary>
    public EmbeddingSpace? Space { get; init; }

    /// <summary>The vector, four bytes a number, little-endian float32.</summary>
    public byte[]? Embedding { get; init; }

    /// <summary>The bytes of an embedding as a line has them.</summary>
    public static byte[] BytesOf(Embedding embedding)
    {
        byte[] bytes = new byte[embedding.Dimension * sizeof(float)];
        for (int i = 0; i < embedding.Dimension; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), embedding.Values.Span[i]);
        }

        return bytes;
    }

    /// <summary>Writes a line, its end included.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            JsonSerializer.Serialize(json, this, GalleryJsonContext.Default.GalleryLine);
        }

        output.Write("\n"u8);
    }

    /// <summary>Reads a line and checks everything in it.</summary>
    /// <exception cref="FormatException">It is no such line; the message says why, worded to follow "line 7".</exception>
    public static GalleryLine Parse(ReadOnlySequence<byte> json)
    {
        GalleryLine line;
        try
        {
            var reader = new Utf8JsonReader(json);
            line = JsonSerializer.Deserialize(ref reader, GalleryJsonContext.Default.GalleryLine) ?? throw new FormatException("is null where a face belongs");
            if (reader.Read())
            {
                throw new FormatException("has something behind its face");
            }
        }
        catch (JsonException exception)
        {
            throw new FormatException(exception.Path is { Length: > 1 } path ? $"is not a face: {path} is there twice or of the wrong type" : "is not a face in JSON, or lacks a part of one", exception);
        }

        line.Check();
        return line;
    }

    /// <summary>The embedding; null without one.</summary>
    /// <exception cref="FormatException">It is none of its space.</exception>
    public Embedding? ReadEmbedding()
    {
        if (Embedding is not { } bytes || Space is not { } space)
        {
            return null;
        }

        float[] values = new float[bytes.Length / sizeof(float)];
        bool isZero = true;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
            isZero &= values[i] == 0;
            Require(float.IsFinite(values[i]), "has an embedding with numbers that are not finite");
        }

        Require(bytes.Length == space.Dimension * sizeof(float), $"has an embedding of {bytes.Length} bytes where its space has {space.Dimension} numbers of four");
        Require(!isZero, "has an embedding of nothing but zeros");
        return new(values);
    }

    private void Check()
    {
        Require(GalleryNames.IsSubject(Subject), "has a subject that is no name of one");
        Require(ContentHash.Length == 64 && !ContentHash.AsSpan().ContainsAnyExcept(_hexadecimal), "has a content_hash that is not 64 lower-case hexadecimal digits");
        Require(FaceIndex is >= 0 and <= MaxFaceIndex, $"has a face_index that is not between 0 and {MaxFaceIndex}");
        Require(Confidence is >= 0 and <= 1, "has a confidence that is not between 0 and 1");
        Require((Space is null) == (Embedding is null), "has an embedding without its space, or a space without an embedding");
        Require(Space is null || IsSpace(Space), "has a space that is none");
        Require(Thumbnail is null || ImageFormats.Sniff(Thumbnail) == ImageFormat.Jpeg, "has a thumbnail that is no JPEG");
        Require(Metadata is null || (Metadata.Count <= MaxMetadata && Metadata.All(static pair => pair.Key.Length is > 0 and <= MaxMetadataLength && pair.Value is { Length: <= MaxMetadataLength })),
            $"has metadata of more than {MaxMetadata} entries, or longer than {MaxMetadataLength} characters");
        ReadEmbedding();
    }

    private static bool IsSpace(EmbeddingSpace space) =>
        IsWord(space.Model) && IsWord(space.ModelVersion) && IsWord(space.Detector) && IsWord(space.Alignment) && IsWord(space.Normalization)
        && space.Dimension is > 0 and <= 16_384 && space.ExpandPercentage is >= 0 and <= 1_000;

    private static bool IsWord(string text) => text.Length is > 0 and <= 64 && !text.AsSpan().ContainsAnyExcept(_spaceCharacters);

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new FormatException(problem);
        }
    }
}
