using System.Buffers;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>Integral images of some rows of a picture: sums of the pixels, of their squares, and of tilted triangles. Rows come in below and leave above, so
/// a picture of any height costs the same. Sums wrap: only their differences mean anything. Owns pooled memory: dispose it.</summary>
/// <remarks>Where windows lie two columns apart, even columns come before odd ones in every row, so that neighbouring windows are neighbours in memory.</remarks>
internal sealed class IntegralStrip : IDisposable
{
    /// <summary>How many numbers may be read beyond the last column.</summary>
    public const int Slack = 8;

    private readonly IMemoryOwner<int> _owner;
    private readonly IMemoryOwner<byte> _above;
    private readonly int _half;
    private readonly bool _hasTilted;
    private int _width, _rows;

    /// <summary>Rents memory.</summary>
    /// <param name="maxWidth">Most columns of a picture.</param>
    /// <param name="capacity">Most rows of a picture at once.</param>
    /// <param name="hasTilted">Whether tilted sums are wanted.</param>
    public IntegralStrip(int maxWidth, int capacity, bool hasTilted)
    {
        _half = ((maxWidth + 2) / 2) + Slack;
        _hasTilted = hasTilted;
        Capacity = capacity;
        Plane = checked(Stride * (capacity + 1));
        _owner = MemoryPool<int>.Shared.Rent(checked(Plane * (hasTilted ? 3 : 2)));
        _above = MemoryPool<byte>.Shared.Rent(maxWidth);
    }

    /// <summary>How many rows of the picture fit.</summary>
    public int Capacity { get; }

    /// <summary>Numbers from one row to the next.</summary>
    public int Stride => 2 * _half;

    /// <summary>Numbers from the sums to the sums of squares, and from those to the tilted sums.</summary>
    public int Plane { get; }

    /// <summary>Columns from one window to the next: 1 or 2.</summary>
    public int Step { get; private set; }

    /// <summary>All numbers.</summary>
    public Span<int> Sums => _owner.Memory.Span;

    /// <summary>Rows of the picture that are here.</summary>
    public int PictureRows => _rows - 1;

    /// <summary>Where a sum lies from the strip's start.</summary>
    public int OffsetOf(int column, int row) => (row * Stride) + (Step == 1 ? column : ((column & 1) * _half) + (column >> 1));

    /// <summary>Starts another picture. What lies around it counts as black.</summary>
    public void Begin(int width, int step)
    {
        (_width, Step, _rows) = (width, step, 1);
        _above.Memory.Span[..width].Clear();
        for (int plane = 0; plane < (_hasTilted ? 3 : 2); plane++)
        {
            Sums.Slice(plane * Plane, Stride).Clear();
        }
    }

    /// <summary>Adds a row of the picture below the others.</summary>
    public void Append(ReadOnlySpan<byte> pixels)
    {
        pixels = pixels[.._width];
        int row = _rows++;
        Accumulate(pixels, Row(0, row - 1), Row(1, row - 1), Row(0, row), Row(1, row));
        if (_hasTilted)
        {
            AppendTilted(pixels, row);
            pixels.CopyTo(_above.Memory.Span);
        }
    }

    /// <summary>Gives up the uppermost rows.</summary>
    public void Drop(int rows)
    {
        for (int plane = 0; plane < (_hasTilted ? 3 : 2); plane++)
        {
            var sums = Sums.Slice(plane * Plane, _rows * Stride);
            sums[(rows * Stride)..].CopyTo(sums);
        }

        _rows -= rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _owner.Dispose();
        _above.Dispose();
    }

    private Span<int> Row(int plane, int row) => Sums.Slice((plane * Plane) + (row * Stride), Stride);

    private void Accumulate(ReadOnlySpan<byte> pixels, Span<int> sumsAbove, Span<int> squaresAbove, Span<int> sums, Span<int> squares)
    {
        int sum = 0, square = 0;
        sums[0] = sumsAbove[0];
        squares[0] = squaresAbove[0];
        if (Step == 1)
        {
            sumsAbove = sumsAbove.Slice(1, pixels.Length);
            squaresAbove = squaresAbove.Slice(1, pixels.Length);
            sums = sums.Slice(1, pixels.Length);
            squares = squares.Slice(1, pixels.Length);
            for (int x = 0; x < pixels.Length; x++)
            {
                int pixel = pixels[x];
                sum += pixel;
                square += pixel * pixel;
                sums[x] = sumsAbove[x] + sum;
                squares[x] = squaresAbove[x] + square;
            }

            return;
        }

        for (int column = 1; column <= pixels.Length; column++)
        {
            int pixel = pixels[column - 1];
            sum += pixel;
            square += pixel * pixel;
            int at = ((column & 1) * _half) + (column >> 1);
            sums[at] = sumsAbove[at] + sum;
            squares[at] = squaresAbove[at] + square;
        }
    }

    /// <summary>Lienhart's recurrence; at the borders triangles lack a corner and the neighbour is the same sum already.</summary>
    private void AppendTilted(ReadOnlySpan<byte> pixels, int row)
    {
        var sums = Row(2, row);
        var above = Row(2, row - 1);
        ReadOnlySpan<byte> pixelsAbove = _above.Memory.Span[.._width];
        sums[0] = above[OffsetOf(1, 0)];
        for (int column = 1; column <= pixels.Length; column++)
        {
            int added = above[OffsetOf(column - 1, 0)] + pixels[column - 1] + pixelsAbove[column - 1];
            if (column < pixels.Length)
            {
                added += above[OffsetOf(column + 1, 0)] - (row > 1 ? Row(2, row - 2)[OffsetOf(column, 0)] : 0);
            }

            sums[OffsetOf(column, 0)] = added;
        }
    }
}
