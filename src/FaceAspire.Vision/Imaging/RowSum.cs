using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Imaging;

/// <summary>Rows of bytes added up before anybody looks at columns: whole vectors, and for shrinking by areas most of the work.</summary>
internal static class RowSum
{
    /// <summary>Adds a row's bytes, weighted, to a sum of as many numbers.</summary>
    /// <param name="row">The bytes.</param>
    /// <param name="weight">What each is multiplied with.</param>
    /// <param name="sum">At least as many numbers as the row has bytes.</param>
    public static void Add(ReadOnlySpan<byte> row, float weight, Span<float> sum)
    {
        int i = 0;
        for (; i <= row.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(row[i..]));
            Add(low, weight, sum[i..]);
            Add(high, weight, sum[(i + Vector128<ushort>.Count)..]);
        }

        for (; i < row.Length; i++)
        {
            sum[i] += row[i] * weight;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector128<ushort> values, float weight, Span<float> sum)
    {
        var wide = Vector256.Create(Vector128.WidenLower(values), Vector128.WidenUpper(values)).AsInt32();
        (Vector256.Create<float>(sum) + (Vector256.ConvertToSingle(wide) * weight)).CopyTo(sum);
    }
}
