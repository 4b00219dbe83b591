using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery;

/// <summary>A face to be kept. The same face of the same picture under the same subject is kept once: (<paramref name="Subject"/>, <paramref name="ContentHash"/>,
/// <paramref name="FaceIndex"/>) names it.</summary>
/// <param name="Subject">Who it is.</param>
/// <param name="ContentHash">SHA-256 of the picture, or of an embedding that was sent in its place: 64 lower-case hexadecimal digits.</param>
/// <param name="FaceIndex">Which face of the picture, from 0.</param>
/// <param name="Area">Where it is in the picture.</param>
/// <param name="Confidence">The detector's score, 0 to 1.</param>
/// <param name="Source">The picture's file, relative to the gallery's folder; null for one that was sent. A face that is there with a file and is sent again loses the file, so that
/// it does not go with it; one that is there without a file stays so.</param>
/// <param name="Thumbnail">The face with its surroundings as JPEG; null where only an embedding was sent.</param>
/// <param name="Embeddings">At least one, each of another space.</param>
public sealed record FaceEnrolment(
    string Subject,
    string ContentHash,
    int FaceIndex,
    FacialArea Area,
    double Confidence,
    string? Source,
    ReadOnlyMemory<byte>? Thumbnail,
    IReadOnlyList<SpaceEmbedding> Embeddings);

/// <summary>An embedding and where it belongs.</summary>
/// <param name="Space">Its space.</param>
/// <param name="Embedding">The vector, raw as the network gives it.</param>
public readonly record struct SpaceEmbedding(EmbeddingSpace Space, Embedding Embedding);

/// <summary>What became of an enrolment.</summary>
/// <param name="Face">The face as it is kept.</param>
/// <param name="Created">False when it was there already: nothing was changed then, except that embeddings of spaces it lacked were added, and that it
/// lost its file when it was enrolled without one.</param>
public readonly record struct EnrolResult(EnrolledFace Face, bool Created);
