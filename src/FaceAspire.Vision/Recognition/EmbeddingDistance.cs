using System.Buffers;
using System.Numerics.Tensors;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Vision.Recognition;

/// <summary>The four distances of DeepFace's <c>verification</c>, in double precision, rounded to six decimals, half to even.</summary>
public static class EmbeddingDistance
{
    /// <summary>What DeepFace's l2_normalize adds to the norm.</summary>
    public const double NormEpsilon = 1e-10;

    private const int Decimals = 6;

    /// <summary>How far two embeddings are apart; symmetric, finite and not negative.</summary>
    /// <remarks>Two departures from DeepFace: the cosine is clamped to −1..1, so that rounding never makes the angular distance NaN, and a
    /// vector of zeros is orthogonal to every other instead of NaN.</remarks>
    /// <exception cref="ArgumentException">The two have different dimensions.</exception>
    public static double Between(Embedding first, Embedding second, DistanceMetric metric) => Round(Unrounded(first.Values.Span, second.Values.Span, metric));

    /// <summary>The same before rounding, of vectors that hold finite numbers only: what orders faces whose rounded distances are equal.</summary>
    /// <exception cref="ArgumentException">The two have different dimensions.</exception>
    public static double Unrounded(ReadOnlySpan<float> first, ReadOnlySpan<float> second, DistanceMetric metric)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"Embeddings of {first.Length} and of {second.Length} numbers cannot be compared.", nameof(second));
        }

        // Widened once: sums of products in single precision would not give six decimals.
        double[] rented = ArrayPool<double>.Shared.Rent(2 * first.Length);
        try
        {
            var a = rented.AsSpan(0, first.Length);
            var b = rented.AsSpan(first.Length, second.Length);
            TensorPrimitives.ConvertChecked(first, a);
            TensorPrimitives.ConvertChecked(second, b);
            return metric switch
            {
                DistanceMetric.Cosine => 1 - Cosine(a, b),
                DistanceMetric.Angular => Math.Acos(Cosine(a, b)) / Math.PI,
                DistanceMetric.Euclidean => TensorPrimitives.Distance<double>(a, b),
                DistanceMetric.EuclideanL2 => UnitDistance(a, b),
                _ => throw new ArgumentOutOfRangeException(nameof(metric)),
            };
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    /// <summary>A distance as answers have it: six decimals, half to even.</summary>
    public static double Round(double distance) => Math.Round(distance, Decimals, MidpointRounding.ToEven);

    private static double Cosine(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double norms = TensorPrimitives.Norm(a) * TensorPrimitives.Norm(b);
        return norms > 0 ? Math.Clamp(TensorPrimitives.Dot(a, b) / norms, -1, 1) : 0;
    }

    private static double UnitDistance(Span<double> a, Span<double> b)
    {
        TensorPrimitives.Divide(a, TensorPrimitives.Norm<double>(a) + NormEpsilon, a);
        TensorPrimitives.Divide(b, TensorPrimitives.Norm<double>(b) + NormEpsilon, b);
        return TensorPrimitives.Distance<double>(a, b);
    }
}
