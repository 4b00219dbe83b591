using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.Caching.Hybrid;

namespace FaceAspire.Recognition.Caching;

/// <summary>The faces of a picture as bytes for Redis, little endian throughout: version, faces, numbers per embedding; then for each face its score, a bit for
/// each part of its area that is known, those parts, and the embedding; last a seal over all of it.</summary>
/// <remarks>Reading never throws: what is not exactly what <see cref="Serialize"/> writes is <see cref="CachedFaces.Unreadable"/>.</remarks>
internal sealed class CachedFacesSerializer : IHybridCacheSerializer<CachedFaces>
{
    /// <summary>Raised with every change of the layout. Part of the key too, so that two versions of the service do not overwrite each other's entries.</summary>
    public const byte Version = 1;

    private const int HeaderLength = 1 + sizeof(ushort) + sizeof(ushort);

    // Of SHA-256: enough against bits that flipped on the way; the payload's frame checks for its key but not for its bytes.
    private const int SealLength = 8;

    /// <summary>How many bytes <see cref="Serialize"/> writes.</summary>
    public static int LengthOf(CachedFaces value)
    {
        int length = HeaderLength + SealLength;
        foreach (var face in value.Faces)
        {
            length += sizeof(double) + 1 + LengthOf(PartsOf(face.Area)) + (sizeof(float) * face.Embedding.Dimension);
        }

        return length;
    }

    /// <inheritdoc/>
    public void Serialize(CachedFaces value, IBufferWriter<byte> target)
    {
        int length = LengthOf(value);
        var bytes = target.GetSpan(length)[..length];
        int dimension = value.Faces[0].Embedding.Dimension;
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[1..], checked((ushort)value.Faces.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[3..], checked((ushort)dimension));
        var rest = bytes[HeaderLength..];
        foreach (var face in value.Faces)
        {
            if (face.Embedding.Dimension != dimension)
            {
                throw new ArgumentException("The embeddings of one picture come from one model and have one dimension.", nameof(value));
            }

            rest = Write(face, rest);
        }

        Seal(bytes[..^SealLength], bytes[^SealLength..]);
        target.Advance(length);
    }

    /// <inheritdoc/>
    public CachedFaces Deserialize(ReadOnlySequence<byte> source) => Read(source.IsSingleSegment ? source.FirstSpan : source.ToArray()) ?? CachedFaces.Unreadable;

    private static CachedFaces? Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> seal = stackalloc byte[SealLength];
        if (bytes.Length < HeaderLength + SealLength || bytes[0] != Version)
        {
            return null;
        }

        Seal(bytes[..^SealLength], seal);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
        int dimension = BinaryPrimitives.ReadUInt16LittleEndian(bytes[3..]);
        if (!seal.SequenceEqual(bytes[^SealLength..]) || count == 0 || dimension == 0)
        {
            return null;
        }

        var rest = bytes[HeaderLength..^SealLength];
        List<FaceEmbedding> faces = [];
        for (int i = 0; i < count; i++)
        {
            if (Read(ref rest, dimension) is not { } face)
            {
                return null;
            }

            faces.Add(face);
        }

        return rest.IsEmpty ? new(faces) : null;
    }

    private static Span<byte> Write(FaceEmbedding face, Span<byte> rest)
    {
        var (area, parts) = (face.Area, PartsOf(face.Area));
        BinaryPrimitives.WriteDoubleLittleEndian(rest, face.Confidence);
        rest[sizeof(double)] = (byte)parts;
        rest = rest[(sizeof(double) + 1)..];
        foreach (int? number in (ReadOnlySpan<int?>)[area.X, area.Y, area.W, area.H, area.LeftEye?[0], area.LeftEye?[1], area.RightEye?[0], area.RightEye?[1]])
        {
            if (number is { } known)
            {
                BinaryPrimitives.WriteInt32LittleEndian(rest, known);
                rest = rest[sizeof(int)..];
            }
        }

        if (area.Confidence is { } confidence)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(rest, confidence);
            rest = rest[sizeof(double)..];
        }

        foreach (float number in face.Embedding.Values.Span)
        {
            BinaryPrimitives.WriteSingleLittleEndian(rest, number);
            rest = rest[sizeof(float)..];
        }

        return rest;
    }

    private static FaceEmbedding? Read(ref ReadOnlySpan<byte> rest, int dimension)
    {
        if (rest.Length <= sizeof(double))
        {
            return null;
        }

        double confidence = BinaryPrimitives.ReadDoubleLittleEndian(rest);
        var parts = (AreaParts)rest[sizeof(double)];
        rest = rest[(sizeof(double) + 1)..];
        if (!double.IsFinite(confidence) || (parts & ~AreaParts.All) != 0 || rest.Length < LengthOf(parts) + (sizeof(float) * dimension))
        {
            return null;
        }

        var area = new FacialArea(
            ReadNumber(ref rest, parts, AreaParts.X),
            ReadNumber(ref rest, parts, AreaParts.Y),
            ReadNumber(ref rest, parts, AreaParts.W),
            ReadNumber(ref rest, parts, AreaParts.H),
            ReadPoint(ref rest, parts, AreaParts.LeftEye),
            ReadPoint(ref rest, parts, AreaParts.RightEye),
            ReadConfidence(ref rest, parts));
        if (area.Confidence is { } told && !double.IsFinite(told))
        {
            return null;
        }

        float[] numbers = new float[dimension];
        foreach (ref float number in numbers.AsSpan())
        {
            number = BinaryPrimitives.ReadSingleLittleEndian(rest);
            if (!float.IsFinite(number))
            {
                return null;
            }

            rest = rest[sizeof(float)..];
        }

        return new(new Embedding(numbers), area, confidence);
    }

    private static int? ReadNumber(ref ReadOnlySpan<byte> rest, AreaParts parts, AreaParts part) => parts.HasFlag(part) ? ReadInt32(ref rest) : null;

    private static int[]? ReadPoint(ref ReadOnlySpan<byte> rest, AreaParts parts, AreaParts part) => parts.HasFlag(part) ? [ReadInt32(ref rest), ReadInt32(ref rest)] : null;

    private static double? ReadConfidence(ref ReadOnlySpan<byte> rest, AreaParts parts)
    {
        if (!parts.HasFlag(AreaParts.Confidence))
        {
            return null;
        }

        double confidence = BinaryPrimitives.ReadDoubleLittleEndian(rest);
        rest = rest[sizeof(double)..];
        return confidence;
    }

    private static int ReadInt32(ref ReadOnlySpan<byte> rest)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[sizeof(int)..];
        return number;
    }

    private static AreaParts PartsOf(FacialArea area) =>
        (area.X is null ? 0 : AreaParts.X)
        | (area.Y is null ? 0 : AreaParts.Y)
        | (area.W is null ? 0 : AreaParts.W)
        | (area.H is null ? 0 : AreaParts.H)
        | (area.LeftEye is null ? 0 : AreaParts.LeftEye)
        | (area.RightEye is null ? 0 : AreaParts.RightEye)
        | (area.Confidence is null ? 0 : AreaParts.Confidence);

    private static int LengthOf(AreaParts parts) =>
        (sizeof(int) * int.PopCount((int)(parts & (AreaParts.X | AreaParts.Y | AreaParts.W | AreaParts.H))))
        + (2 * sizeof(int) * int.PopCount((int)(parts & (AreaParts.LeftEye | AreaParts.RightEye))))
        + (parts.HasFlag(AreaParts.Confidence) ? sizeof(double) : 0);

    private static void Seal(ReadOnlySpan<byte> bytes, Span<byte> seal)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        hash[..SealLength].CopyTo(seal);
    }

    /// <summary>Which parts of an area are known.</summary>
    [Flags]
    private enum AreaParts : byte
    {
        X = 1,
        Y = 2,
        W = 4,
        H = 8,
        LeftEye = 16,
        RightEye = 32,
        Confidence = 64,
        All = 127,
    }
}
