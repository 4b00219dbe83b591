using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Quality;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Recognition;

/// <summary>One face as a vector, with where it was.</summary>
/// <param name="Embedding">The vector.</param>
/// <param name="Area">Where the face is in its picture; all null for an embedding that the client sent.</param>
/// <param name="Confidence">The detector's score.</param>
internal sealed record FaceEmbedding(Embedding Embedding, FacialArea Area, double Confidence)
{
    /// <summary>What is told of the face besides; never kept in the cache.</summary>
    public FaceDescription Details { get; init; }

    /// <summary>The area of an embedding that the client sent.</summary>
    public static FacialArea UnknownArea { get; } = new(null, null, null, null);
}
