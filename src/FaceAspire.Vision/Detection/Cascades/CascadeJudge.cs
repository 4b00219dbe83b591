using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>Judges the windows of a strip, eight at once where the processor can. Both ways do the same sums in the same precision. Owns pooled memory: dispose it.</summary>
/// <param name="cascade">What to look for.</param>
/// <param name="strip">Where to look.</param>
/// <param name="isVectorized">Whether to judge eight windows at once.</param>
internal sealed class CascadeJudge(HaarCascade cascade, IntegralStrip strip, bool isVectorized) : IDisposable
{
    private const int Lanes = 8;
    private const int FewLanes = 2; // so many windows are done sooner one by one

    // A window of less contrast than this is not looked at: a standard deviation of 10 levels.
    private const double LeastContrast = 0.1;

    // For every pattern of eight windows that fail in the first stage, which of them OpenCV looks at: not at the one after such a failure. The second
    // half is for a pattern whose first window comes after one.
    private static readonly byte[] _visited = MakeVisited();

    private readonly IMemoryOwner<PlacedStump> _stumps = MemoryPool<PlacedStump>.Shared.Rent(cascade.Stumps.Length);
    private readonly double _area = (cascade.Width - 2) * (cascade.Height - 2);
    private int _step, _corner1, _corner2, _corner3, _corner4;

    /// <summary>Takes a window with its number in the row and the sum of the last stage's votes.</summary>
    public delegate void Accept(int index, double weight);

    /// <summary>Gets ready for the strip's step.</summary>
    public void Begin()
    {
        if (_step == strip.Step)
        {
            return;
        }

        _step = strip.Step;
        var stumps = _stumps.Memory.Span;
        for (int i = 0; i < cascade.Stumps.Length; i++)
        {
            stumps[i] = new(cascade.Stumps[i], strip);
        }

        // The contrast is measured without the outermost pixels.
        _corner1 = strip.OffsetOf(1, 1);
        _corner2 = strip.OffsetOf(cascade.Width - 1, 1);
        _corner3 = strip.OffsetOf(1, cascade.Height - 1);
        _corner4 = strip.OffsetOf(cascade.Width - 1, cascade.Height - 1);
    }

    /// <summary>Judges a row of windows.</summary>
    /// <param name="row">The strip's row where the windows begin.</param>
    /// <param name="count">How many windows lie in the row.</param>
    /// <param name="accept">Gets what passes every stage, from left to right.</param>
    public void JudgeRow(int row, int count, Accept accept)
    {
        ref int first = ref Unsafe.Add(ref MemoryMarshal.GetReference(strip.Sums), strip.OffsetOf(0, row));
        if (isVectorized)
        {
            JudgeInLanes(ref first, count, accept);
        }
        else
        {
            JudgeOneByOne(ref first, count, accept);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stumps.Dispose();

    private static byte[] MakeVisited()
    {
        byte[] table = new byte[2 << Lanes];
        for (int i = 0; i < table.Length; i++)
        {
            bool isSkipped = i >> Lanes != 0;
            for (int lane = 0; lane < Lanes; lane++)
            {
                table[i] |= (byte)(isSkipped ? 0 : 1 << lane);
                isSkipped = !isSkipped && (i >> lane & 1) != 0;
            }
        }

        return table;
    }

    private void JudgeOneByOne(ref int first, int count, Accept accept)
    {
        for (int i = 0; i < count; i++)
        {
            ref int window = ref Unsafe.Add(ref first, i);
            if (!TryNormalize(ref window, out float norm))
            {
                continue;
            }

            int failed = Judge(ref window, norm, 0, out double weight);
            if (failed < 0)
            {
                accept(i, weight);
            }
            else if (failed == 0)
            {
                i++;
            }
        }
    }

    private void JudgeInLanes(ref int first, int count, Accept accept)
    {
        Span<float> norms = stackalloc float[Lanes];
        Span<double> weights = stackalloc double[Lanes];
        uint skip = 0;
        for (int i = 0; i < count; i += Lanes)
        {
            ref int windows = ref Unsafe.Add(ref first, i);
            uint usable = Normalize(ref windows, out var norm) & (count - i >= Lanes ? 0xFF : (1u << (count - i)) - 1);
            if (usable == 0)
            {
                skip = 0;
                continue;
            }

            uint active = Judge(ref windows, norm, 0, out var low, out var high) & usable;
            uint failed = usable & ~active;
            uint visited = _visited[(skip << Lanes) | failed];
            skip = (visited & failed) >> (Lanes - 1);
            active &= visited;
            int stage = 1;
            for (; stage < cascade.Stages.Length && BitOperations.PopCount(active) > FewLanes; stage++)
            {
                active &= Judge(ref windows, norm, stage, out low, out high);
            }

            if (active == 0)
            {
                continue;
            }

            norm.CopyTo(norms);
            low.CopyTo(weights);
            high.CopyTo(weights[(Lanes / 2)..]);
            for (; active != 0; active &= active - 1)
            {
                int lane = BitOperations.TrailingZeroCount(active);
                double weight = weights[lane];
                if (stage == cascade.Stages.Length || Judge(ref Unsafe.Add(ref windows, lane), norms[lane], stage, out weight) < 0)
                {
                    accept(i + lane, weight);
                }
            }
        }
    }

    /// <summary>The stage in which a window fails, counted from 0; -1 when it passes all.</summary>
    private int Judge(ref int window, float norm, int firstStage, out double votes)
    {
        ref var stumps = ref MemoryMarshal.GetReference(_stumps.Memory.Span);
        var stages = cascade.Stages.AsSpan();
        votes = 0;
        for (int s = firstStage; s < stages.Length; s++)
        {
            var stage = stages[s];
            votes = 0;
            for (int i = stage.First; i < stage.First + stage.Count; i++)
            {
                ref readonly var stump = ref Unsafe.Add(ref stumps, i);
                float value = (stump.WeightA * Sum(ref window, stump.A1, stump.A2, stump.A3, stump.A4)) + (stump.WeightB * Sum(ref window, stump.B1, stump.B2, stump.B3, stump.B4));
                if (stump.WeightC != 0)
                {
                    value += stump.WeightC * Sum(ref window, stump.C1, stump.C2, stump.C3, stump.C4);
                }

                votes += value * norm < stump.Threshold ? stump.Below : stump.Above;
            }

            if (votes < stage.Threshold)
            {
                return s;
            }
        }

        return -1;
    }

    /// <summary>Which of eight windows pass a stage, one bit each, and the votes that they got.</summary>
    private uint Judge(ref int windows, Vector256<float> norm, int stageIndex, out Vector256<double> low, out Vector256<double> high)
    {
        ref var stumps = ref MemoryMarshal.GetReference(_stumps.Memory.Span);
        var stage = cascade.Stages[stageIndex];
        low = high = Vector256<double>.Zero;
        for (int i = stage.First; i < stage.First + stage.Count; i++)
        {
            ref readonly var stump = ref Unsafe.Add(ref stumps, i);
            var a = Vector256.ConvertToSingle(Sums(ref windows, stump.A1, stump.A2, stump.A3, stump.A4));
            var b = Vector256.ConvertToSingle(Sums(ref windows, stump.B1, stump.B2, stump.B3, stump.B4));
            var value = (Vector256.Create(stump.WeightA) * a) + (Vector256.Create(stump.WeightB) * b);
            if (stump.WeightC != 0)
            {
                value += Vector256.Create(stump.WeightC) * Vector256.ConvertToSingle(Sums(ref windows, stump.C1, stump.C2, stump.C3, stump.C4));
            }

            var votes = Vector256.ConditionalSelect(Vector256.LessThan(value * norm, Vector256.Create(stump.Threshold)), Vector256.Create(stump.Below), Vector256.Create(stump.Above));
            var (lowVotes, highVotes) = Vector256.Widen(votes);
            low += lowVotes;
            high += highVotes;
        }

        var threshold = Vector256.Create((double)stage.Threshold);
        return Vector256.GreaterThanOrEqual(low, threshold).ExtractMostSignificantBits()
            | (Vector256.GreaterThanOrEqual(high, threshold).ExtractMostSignificantBits() << (Lanes / 2));
    }

    /// <summary>One over the window's standard deviation times its area; false when the window has too little contrast to be looked at.</summary>
    private bool TryNormalize(ref int window, out float norm)
    {
        int sum = Sum(ref window, _corner1, _corner2, _corner3, _corner4);
        int squares = Sum(ref Unsafe.Add(ref window, strip.Plane), _corner1, _corner2, _corner3, _corner4);
        double spread = (_area * squares) - ((double)sum * sum);
        norm = spread > 0 ? (float)(1 / Math.Sqrt(spread)) : 0;
        return spread > 0 && _area * norm < LeastContrast;
    }

    /// <summary>The same for eight windows; a bit for each that has contrast.</summary>
    private uint Normalize(ref int windows, out Vector256<float> norm)
    {
        var (sumLow, sumHigh) = ToDouble(Sums(ref windows, _corner1, _corner2, _corner3, _corner4));
        var (squaresLow, squaresHigh) = ToDouble(Sums(ref Unsafe.Add(ref windows, strip.Plane), _corner1, _corner2, _corner3, _corner4));
        var area = Vector256.Create(_area);
        var spreadLow = (area * squaresLow) - (sumLow * sumLow);
        var spreadHigh = (area * squaresHigh) - (sumHigh * sumHigh);
        norm = Vector256.Narrow(Vector256<double>.One / Vector256.Sqrt(spreadLow), Vector256<double>.One / Vector256.Sqrt(spreadHigh));
        var (normLow, normHigh) = Vector256.Widen(norm);
        var least = Vector256.Create(LeastContrast);
        var hasLow = Vector256.GreaterThan(spreadLow, Vector256<double>.Zero) & Vector256.LessThan(area * normLow, least);
        var hasHigh = Vector256.GreaterThan(spreadHigh, Vector256<double>.Zero) & Vector256.LessThan(area * normHigh, least);
        return hasLow.ExtractMostSignificantBits() | (hasHigh.ExtractMostSignificantBits() << (Lanes / 2));
    }

    /// <summary>Sums of pixels are not negative: their bits are the lowest of a double of 2⁵².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> Low, Vector256<double> High) ToDouble(Vector256<int> values)
    {
        var offset = Vector256.Create(4503599627370496.0);
        var (low, high) = Vector256.Widen(values.AsUInt32());
        return ((low | offset.AsUInt64()).AsDouble() - offset, (high | offset.AsUInt64()).AsDouble() - offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sum(ref int window, int first, int second, int third, int fourth) =>
        Unsafe.Add(ref window, first) - Unsafe.Add(ref window, second) - Unsafe.Add(ref window, third) + Unsafe.Add(ref window, fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sums(ref int windows, int first, int second, int third, int fourth) =>
        Vector256.LoadUnsafe(ref windows, (nuint)first) - Vector256.LoadUnsafe(ref windows, (nuint)second) - Vector256.LoadUnsafe(ref windows, (nuint)third) + Vector256.LoadUnsafe(ref windows, (nuint)fourth);
}
