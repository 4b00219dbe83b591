namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>dlib's rectangle: whole pixels, all four edges within it, so that a single pixel has equal edges.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Right">Last column.</param>
/// <param name="Bottom">Last row.</param>
internal readonly record struct DlibRectangle(int Left, int Top, int Right, int Bottom)
{
    /// <summary>Columns.</summary>
    public int Width => Right < Left ? 0 : Right - Left + 1;

    /// <summary>Rows.</summary>
    public int Height => Bottom < Top ? 0 : Bottom - Top + 1;

    private long Area => (long)Width * Height;

    /// <summary>The rectangle with edges rounded to whole pixels, halves upwards.</summary>
    public static DlibRectangle Round(double left, double top, double right, double bottom) => new(Round(left), Round(top), Round(right), Round(bottom));

    /// <summary>A rectangle on a level of a pyramid whose every level has five sixths of the sides of the one before, in pixels of the first level.</summary>
    public static DlibRectangle Up(double left, double top, double right, double bottom, int levels)
    {
        for (int i = 0; i < levels; i++)
        {
            (left, top, right, bottom) = (Up(left), Up(top), Up(right), Up(bottom));
        }

        return Round(left, top, right, bottom);
    }

    /// <summary>The rectangle on the next level of such a pyramid.</summary>
    public DlibRectangle Down() => Round(Down(Left), Down(Top), Down(Right), Down(Bottom));

    /// <summary>dlib's <c>test_box_overlap</c>: its union is the smallest rectangle around both.</summary>
    /// <param name="other">Another one.</param>
    /// <param name="ofUnion">Largest part of that rectangle that both may share.</param>
    /// <param name="ofEither">Largest part of one of them.</param>
    public bool Overlaps(DlibRectangle other, double ofUnion, double ofEither)
    {
        double inner = new DlibRectangle(Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom)).Area;
        if (inner == 0)
        {
            return false;
        }

        double outer = new DlibRectangle(Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom)).Area;
        return inner / outer > ofUnion || inner / Area > ofEither || inner / other.Area > ofEither;
    }

    /// <summary>The same place as a box.</summary>
    public FaceBox ToBox() => new(Left, Top, Width, Height);

    private static int Round(double edge) => (int)Math.Floor(edge + 0.5);

    private static double Down(double edge) => (edge - 0.3) * (5 / 6.0);

    private static double Up(double edge) => (edge * (6 / 5.0)) + 0.3;
}
