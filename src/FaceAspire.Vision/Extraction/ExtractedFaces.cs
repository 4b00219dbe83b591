using System.Collections;

namespace FaceAspire.Vision.Extraction;

/// <summary>The faces of one picture with their crops. Owns the crops: dispose it.</summary>
public sealed class ExtractedFaces : IReadOnlyList<ExtractedFace>, IDisposable
{
    private readonly List<ExtractedFace> _faces = [];

    /// <inheritdoc/>
    public int Count => _faces.Count;

    /// <inheritdoc/>
    public ExtractedFace this[int index] => _faces[index];

    /// <inheritdoc/>
    public IEnumerator<ExtractedFace> GetEnumerator() => _faces.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes a face over.</summary>
    public void Add(ExtractedFace face) => _faces.Add(face);

    /// <inheritdoc/>
    public void Dispose() => _faces.ForEach(static face => face.Dispose());

}
