using System.Buffers;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>The rows of a frame resized to other sizes with OpenCV's <c>INTER_LINEAR_EXACT</c>, made one at a time. Owns pooled memory: dispose it.</summary>
internal sealed class ScaledRows(LumaFrame frame) : IDisposable
{
    private const int FractionBits = 8; // OpenCV's for bytes
    private const int One = 1 << FractionBits;

    private readonly IMemoryOwner<Tap> _taps = MemoryPool<Tap>.Shared.Rent(frame.Width);
    private readonly IMemoryOwner<ushort> _rows = MemoryPool<ushort>.Shared.Rent(2 * frame.Width);
    private readonly int[] _rowOf = [-1, -1]; // which of the picture's rows the two buffers hold
    private int _first, _end, _height;

    /// <summary>Columns that see anything of the picture: the first, and the one after the last.</summary>
    public (int First, int End) Columns { get; private set; }

    /// <summary>Rows that see anything of the picture: the first, and the one after the last.</summary>
    public (int First, int End) Rows { get; private set; }

    /// <summary>Starts a size, at most that of the frame.</summary>
    public void Begin(int width, int height)
    {
        _height = height;
        var taps = _taps.Memory.Span[..width];
        double scale = 1 / (width / (double)frame.Width);
        for (int x = 0; x < taps.Length; x++)
        {
            taps[x] = TapAt(x, scale, frame.PictureWidth, frame.PadX);
        }

        Columns = Seen(width, frame.Width, frame.PadX);
        Rows = Seen(height, frame.Height, frame.PadY);
    }

    /// <summary>Chooses the columns that rows are made of.</summary>
    public void Choose(int firstColumn, int endColumn)
    {
        (_first, _end) = (firstColumn, endColumn);
        _rowOf.AsSpan().Fill(-1);
    }

    /// <summary>The chosen columns of a row; quickest when rows are asked for in order.</summary>
    public void Read(int row, Span<byte> destination)
    {
        destination = destination[..(_end - _first)];
        var tap = TapAt(row, 1 / (_height / (double)frame.Height), frame.PictureHeight, frame.PadY);
        if (tap.FirstWeight + tap.SecondWeight == 0)
        {
            destination.Clear();
            return;
        }

        var upper = Interpolated(tap.First, tap.Second);
        var lower = Interpolated(tap.Second, tap.First);
        int x = 0;
        for (; x <= destination.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            var first = Blend(upper, lower, x, tap);
            var second = Blend(upper, lower, x + Vector128<ushort>.Count, tap);
            Vector128.Narrow(first, second).CopyTo(destination[x..]);
        }

        for (; x < destination.Length; x++)
        {
            destination[x] = (byte)(((upper[x] * tap.FirstWeight) + (lower[x] * tap.SecondWeight) + (1 << 15)) >> 16);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _taps.Dispose();
        _rows.Dispose();
    }

    private static Vector128<ushort> Blend(ReadOnlySpan<ushort> upper, ReadOnlySpan<ushort> lower, int x, in Tap tap)
    {
        var (upper1, upper2) = Vector128.Widen(Vector128.Create(upper[x..]));
        var (lower1, lower2) = Vector128.Widen(Vector128.Create(lower[x..]));
        var half = Vector128.Create(1u << 15);
        return Vector128.Narrow(
            ((upper1 * tap.FirstWeight) + (lower1 * tap.SecondWeight) + half) >> 16,
            ((upper2 * tap.FirstWeight) + (lower2 * tap.SecondWeight) + half) >> 16);
    }

    /// <summary>A row of the picture, interpolated along itself.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="needed">The row that must stay in the other buffer.</param>
    private ReadOnlySpan<ushort> Interpolated(int row, int needed)
    {
        int slot = _rowOf[0] == row || (_rowOf[1] != row && _rowOf[0] != needed) ? 0 : 1;
        var values = _rows.Memory.Span.Slice(slot * frame.Width, _end - _first);
        if (_rowOf[slot] != row)
        {
            _rowOf[slot] = row;
            var source = frame.PictureRow(row);
            ReadOnlySpan<Tap> taps = _taps.Memory.Span[_first.._end];
            for (int i = 0; i < taps.Length && i < values.Length; i++)
            {
                ref readonly var tap = ref taps[i];
                values[i] = (ushort)((source[tap.First] * tap.FirstWeight) + (source[tap.Second] * tap.SecondWeight));
            }
        }

        return values;
    }

    /// <summary>Half-pixel centres. What lies in the border has no weight, and the index of a pixel that exists.</summary>
    private static Tap TapAt(int index, double scale, int size, int pad)
    {
        int padded = size + (2 * pad);
        double position = (scale * (index + 0.5)) - 0.5;
        int first = (int)Math.Floor(position);
        uint weight = 0;
        if (first < 0)
        {
            first = 0;
        }
        else if (first >= padded - 1)
        {
            first = padded - 1;
        }
        else
        {
            weight = (uint)Math.Round((position - first) * One);
        }

        first -= pad;
        int second = weight == 0 ? first : first + 1;
        return new(
            Math.Clamp(first, 0, size - 1),
            Math.Clamp(second, 0, size - 1),
            IsInside(first, size) ? One - weight : 0,
            IsInside(second, size) ? weight : 0);
    }

    private static bool IsInside(int index, int size) => index >= 0 && index < size;

    /// <summary>The pixels of a side that may see the picture; a pixel more on either end does no harm.</summary>
    private static (int First, int End) Seen(int length, int padded, int pad)
    {
        double scale = length / (double)padded;
        int first = (int)Math.Clamp(Math.Floor((pad - 1) * scale) - 1, 0, length);
        int end = (int)Math.Clamp(Math.Ceiling((padded - pad + 1) * scale) + 1, first, length);
        return (first, end);
    }

    private readonly record struct Tap(int First, int Second, uint FirstWeight, uint SecondWeight);
}
