using System.Numerics;

namespace FaceAspire.Vision.Detection;

/// <summary>Where a picture lies in the input of a network, and how the network's coordinates become the picture's.</summary>
/// <param name="CanvasWidth">Columns of the input.</param>
/// <param name="CanvasHeight">Rows of the input.</param>
/// <param name="Left">Column of the input in which the picture begins.</param>
/// <param name="Top">Row of the input in which the picture begins.</param>
/// <param name="Width">Columns that the picture takes.</param>
/// <param name="Height">Rows that the picture takes.</param>
/// <param name="ScaleX">Pixels of the input for one of the picture, across.</param>
/// <param name="ScaleY">The same, down.</param>
internal readonly record struct InputPlacement(int CanvasWidth, int CanvasHeight, int Left, int Top, int Width, int Height, double ScaleX, double ScaleY)
{
    /// <summary>The picture fills the input; its aspect is not kept.</summary>
    public static InputPlacement Stretched(in DetectorFrame frame, int width, int height) =>
        new(width, height, 0, 0, width, height, width / (double)frame.Width, height / (double)frame.Height);

    /// <summary>The picture times <paramref name="scale"/>, sides rounded and at least 1, in an input of just that size.</summary>
    public static InputPlacement Scaled(in DetectorFrame frame, double scale)
    {
        int width = Math.Max(1, (int)Math.Round(frame.Width * scale));
        int height = Math.Max(1, (int)Math.Round(frame.Height * scale));
        return Stretched(frame, width, height);
    }

    /// <summary>The picture as large as fits, with its upper left corner in the input's. The shorter side is truncated.</summary>
    public static InputPlacement Corner(in DetectorFrame frame, int width, int height)
    {
        var (innerWidth, innerHeight) = FitTruncated(frame, width, height);
        return new(width, height, 0, 0, innerWidth, innerHeight, innerWidth / (double)frame.Width, innerHeight / (double)frame.Height);
    }

    /// <summary>The picture as large as fits, in the middle. The shorter side is truncated.</summary>
    public static InputPlacement CenteredTruncated(in DetectorFrame frame, int width, int height)
    {
        var placement = Corner(frame, width, height);
        return placement with { Left = (width - placement.Width) / 2, Top = (height - placement.Height) / 2 };
    }

    /// <summary>The picture as large as fits, in the middle. The shorter side is rounded, coordinates go by the one scale that was meant.</summary>
    public static InputPlacement CenteredRounded(in DetectorFrame frame, int width, int height)
    {
        double scale = Math.Min(width / (double)frame.Width, height / (double)frame.Height);
        var placement = Scaled(frame, scale);
        return placement with
        {
            CanvasWidth = width,
            CanvasHeight = height,
            Left = (width - placement.Width) / 2,
            Top = (height - placement.Height) / 2,
            ScaleX = scale,
            ScaleY = scale,
        };
    }

    /// <summary>A point of the input in the picture.</summary>
    public Vector2 ToFrame(float x, float y) => new((float)((x - Left) / ScaleX), (float)((y - Top) / ScaleY));

    /// <summary>The box between two corners of the input, in the picture.</summary>
    public FaceBox ToFrame(float left, float top, float right, float bottom)
    {
        var first = ToFrame(left, top);
        var second = ToFrame(right, bottom);
        return new(first.X, first.Y, second.X - first.X, second.Y - first.Y);
    }

    private static (int Width, int Height) FitTruncated(in DetectorFrame frame, int width, int height)
    {
        double aspect = frame.Height / (double)frame.Width;
        return aspect * width > height
            ? (Math.Max(1, (int)(height / aspect)), height)
            : (width, Math.Max(1, (int)(width * aspect)));
    }
}
