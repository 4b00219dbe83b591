using System.Numerics.Tensors;

namespace FaceAspire.Benchmarks.Search;

/// <summary>Unit vectors in all directions alike, the same in every run: the worst case of a search, as nothing is near.</summary>
internal sealed class SyntheticFaces(int dimension)
{
    private const int BytesPerNumber = 4;

    private readonly Random _random = new(20_261_125);
    private readonly byte[] _bytes = new byte[dimension * BytesPerNumber];
    private readonly float[] _vector = new float[dimension];

    /// <summary>The next one, until the one after it.</summary>
    public ReadOnlyMemory<float> Next()
    {
        // Sums of four even numbers are near enough to normal ones, and a fraction of their cost.
        _random.NextBytes(_bytes);
        for (int i = 0, at = 0; i < _vector.Length; i++, at += BytesPerNumber)
        {
            _vector[i] = _bytes[at] + _bytes[at + 1] + _bytes[at + 2] + _bytes[at + 3] - (BytesPerNumber * 127.5f);
        }

        TensorPrimitives.Divide(_vector, TensorPrimitives.Norm<float>(_vector), _vector);
        return _vector;
    }
}
