using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceAspire.Gallery.Search;

/// <summary>A few codes times a few digits, by the instructions of one kind of processor.</summary>
/// <typeparam name="TSum">Sums under way.</typeparam>
/// <typeparam name="TDigits">Digits as it takes them.</typeparam>
internal interface IScanStep<TSum, TDigits>
{
    /// <summary>How many codes: a divisor of 32.</summary>
    static abstract int Width { get; }

    /// <summary>The digits from <paramref name="digits"/> on.</summary>
    static abstract unsafe TDigits Load(sbyte* digits);

    /// <summary>Adds the products of the codes from <paramref name="codes"/> on.</summary>
    static abstract unsafe TSum Add(TSum sum, byte* codes, TDigits digits);

    /// <summary>Both sums in one number.</summary>
    static abstract int Sum(TSum first, TSum second);
}

/// <summary>AVX-VNNI multiplies bytes and adds them up in 32 bits in one instruction.</summary>
internal readonly struct VnniStep : IScanStep<Vector256<int>, Vector256<sbyte>>
{
    /// <inheritdoc/>
    public static int Width => Vector256<byte>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<sbyte> Load(sbyte* digits) => Vector256.Load(digits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<int> Add(Vector256<int> sum, byte* codes, Vector256<sbyte> digits) => AvxVnni.MultiplyWideningAndAdd(sum, Vector256.Load(codes), digits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector256<int> first, Vector256<int> second) => Vector256.Sum(first + second);
}

/// <summary>AVX-512 widens to 16 bits first: its product of bytes saturates.</summary>
internal readonly struct Avx512Step : IScanStep<Vector512<int>, Vector512<short>>
{
    /// <inheritdoc/>
    public static int Width => Vector256<byte>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<short> Load(sbyte* digits) => Avx512BW.ConvertToVector512Int16(Vector256.Load(digits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<int> Add(Vector512<int> sum, byte* codes, Vector512<short> digits) =>
        sum + Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes)), digits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector512<int> first, Vector512<int> second) => Vector512.Sum(first + second);
}

/// <summary>The same with AVX2.</summary>
internal readonly struct Avx2Step : IScanStep<Vector256<int>, Vector256<short>>
{
    /// <inheritdoc/>
    public static int Width => Vector128<byte>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<short> Load(sbyte* digits) => Avx2.ConvertToVector256Int16(digits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<int> Add(Vector256<int> sum, byte* codes, Vector256<short> digits) =>
        sum + Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(codes), digits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector256<int> first, Vector256<int> second) => Vector256.Sum(first + second);
}

/// <summary>Any processor with vectors of 128 bits, Arm's included: products in 16 bits fit (255 · 127), two of them added do not.</summary>
internal readonly struct PortableStep : IScanStep<Vector128<int>, Vector128<sbyte>>
{
    /// <inheritdoc/>
    public static int Width => Vector128<byte>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<sbyte> Load(sbyte* digits) => Vector128.Load(digits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<int> Add(Vector128<int> sum, byte* codes, Vector128<sbyte> digits)
    {
        var (lowCodes, highCodes) = Vector128.Widen(Vector128.Load(codes));
        var (lowDigits, highDigits) = Vector128.Widen(digits);
        var (first, second) = Vector128.Widen(lowCodes.AsInt16() * lowDigits);
        var (third, fourth) = Vector128.Widen(highCodes.AsInt16() * highDigits);
        return sum + (first + second) + (third + fourth);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector128<int> first, Vector128<int> second) => Vector128.Sum(first + second);
}

/// <summary>One code at a time.</summary>
internal readonly struct ScalarStep : IScanStep<int, int>
{
    /// <inheritdoc/>
    public static int Width => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int Load(sbyte* digits) => *digits;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int Add(int sum, byte* codes, int digits) => sum + (*codes * digits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(int first, int second) => first + second;
}
