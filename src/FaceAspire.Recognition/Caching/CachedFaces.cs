using System.ComponentModel;

namespace FaceAspire.Recognition.Caching;

/// <summary>The faces of one picture as the cache keeps them. Immutable, and marked so: a hit in memory is the object itself, not a copy read from bytes.</summary>
/// <param name="faces">In the detector's order; at least one, except for <see cref="Unreadable"/>.</param>
[ImmutableObject(true)]
internal sealed class CachedFaces(IReadOnlyList<FaceEmbedding> faces)
{
    /// <summary>Stands for stored bytes that cannot be read. A serializer that throws would fail the request; this is a miss.</summary>
    public static CachedFaces Unreadable { get; } = new([]);

    /// <summary>The faces.</summary>
    public IReadOnlyList<FaceEmbedding> Faces { get; } = faces;
}
