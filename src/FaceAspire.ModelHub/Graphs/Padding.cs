namespace FaceAspire.ModelHub.Graphs;

/// <summary>What a convolution or a pool adds around its input before it slides over it. Zeros for a convolution; a maximum ignores them.</summary>
public readonly record struct Padding
{
    private readonly bool _same;

    private Padding(bool same, int top, int left, int bottom, int right)
    {
        _same = same;
        (Top, Left, Bottom, Right) = (top, left, bottom, right);
    }

    /// <summary>Nothing.</summary>
    public static Padding Valid => default;

    /// <summary>TensorFlow's <c>same</c>: as much as makes the output ⌈size / stride⌉, the smaller half before. Needs a known size.</summary>
    public static Padding Same { get; } = new(true, 0, 0, 0, 0);

    /// <summary>Rows added above.</summary>
    public int Top { get; }

    /// <summary>Columns added on the left.</summary>
    public int Left { get; }

    /// <summary>Rows added below.</summary>
    public int Bottom { get; }

    /// <summary>Columns added on the right.</summary>
    public int Right { get; }

    /// <summary>The same number on every side.</summary>
    public static Padding All(int size) => new(false, size, size, size, size);

    /// <summary>The same number above and below, and another on the left and right.</summary>
    public static Padding Of(int rows, int columns) => new(false, rows, columns, rows, columns);

    /// <summary>A number for each side.</summary>
    public static Padding Of(int top, int left, int bottom, int right) => new(false, top, left, bottom, right);

    /// <summary>The numbers meant, for a kernel and a stride on an input of that size.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Same"/> of a size that is not known.</exception>
    internal Padding Resolve(int? height, int? width, (int Height, int Width) kernel, (int Height, int Width) stride)
    {
        if (!_same)
        {
            return this;
        }

        var (top, bottom) = Halves(height, kernel.Height, stride.Height);
        var (left, right) = Halves(width, kernel.Width, stride.Width);
        return new(false, top, left, bottom, right);
    }

    private static (int Before, int After) Halves(int? size, int kernel, int stride)
    {
        int known = size ?? (stride == 1 ? kernel : throw new InvalidOperationException("'same' with a stride needs to know the input's size."));
        int total = Math.Max((((known + stride - 1) / stride) - 1) * stride + kernel - known, 0);
        return (total / 2, total - (total / 2));
    }
}
