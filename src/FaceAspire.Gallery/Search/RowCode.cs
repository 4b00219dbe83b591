using System.Numerics.Tensors;

namespace FaceAspire.Gallery.Search;

/// <summary>A vector in a byte a number. Of the unit vector u it keeps codes c of −127 to 127, stored as c + 128, and their step s, so that u is about s · c.</summary>
/// <param name="Scale">The step s.</param>
/// <param name="Residual">At least the Euclidean length of u − s · c: what the codes lost.</param>
/// <param name="Norm">Length of the vector itself.</param>
internal readonly record struct RowCode(float Scale, float Residual, double Norm)
{
    /// <summary>What is added to a code so that it is not negative: the instructions multiply unsigned by signed bytes.</summary>
    public const int Bias = 128;

    /// <summary>Largest code.</summary>
    public const int MaxCode = 127;

    // The residual is worked out in double precision and rounded to single: a millionth is more than both can be off.
    private const double RoundingUp = 1 + 1e-6;

    /// <summary>Codes a vector of finite numbers.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="codes">As long as the vector.</param>
    /// <param name="unit">Scratch, as long as the vector.</param>
    /// <param name="scratch">Scratch, as long as the vector.</param>
    public static RowCode Encode(ReadOnlySpan<float> vector, Span<byte> codes, Span<double> unit, Span<double> scratch)
    {
        TensorPrimitives.ConvertChecked(vector, unit);
        double norm = TensorPrimitives.Norm<double>(unit);
        if (norm == 0)
        {
            codes.Fill(Bias);
            return default; // orthogonal to everything: nothing is lost
        }

        TensorPrimitives.Divide(unit, norm, unit);
        float scale = (float)(Math.Abs(TensorPrimitives.MaxMagnitude<double>(unit)) / MaxCode);
        TensorPrimitives.Divide(unit, (double)scale, scratch);
        TensorPrimitives.Round(scratch, scratch);
        TensorPrimitives.Clamp(scratch, -MaxCode, MaxCode, scratch); // a step that was rounded down would give 128
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)((int)scratch[i] + Bias);
        }

        TensorPrimitives.Multiply(scratch, (double)scale, scratch);
        return new(scale, MathF.BitIncrement((float)(TensorPrimitives.Distance<double>(unit, scratch) * RoundingUp)), norm);
    }
}
