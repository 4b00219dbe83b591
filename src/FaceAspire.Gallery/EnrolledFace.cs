using FaceAspire.Contracts.Responses;

namespace FaceAspire.Gallery;

/// <summary>A face that a gallery holds.</summary>
/// <param name="Id">Positive; never used again in its gallery, whatever is removed.</param>
/// <param name="Subject">Who it is.</param>
/// <param name="ContentHash">SHA-256 of its picture.</param>
/// <param name="FaceIndex">Which face of the picture, from 0.</param>
/// <param name="Area">Where it is in the picture.</param>
/// <param name="Confidence">The detector's score, 0 to 1.</param>
/// <param name="Source">The picture's file, relative to the gallery's folder; null for one that was sent.</param>
/// <param name="HasThumbnail">Whether a thumbnail is kept.</param>
/// <param name="EnrolledAt">When it came, in whole milliseconds.</param>
public sealed record EnrolledFace(
    long Id, string Subject, string ContentHash, int FaceIndex, FacialArea Area, double Confidence, string? Source, bool HasThumbnail, DateTimeOffset EnrolledAt);
