using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>An upright picture, decoded at a fraction of its size where that is enough to find the faces, and whole as soon as somebody needs it.</summary>
/// <param name="pixels">The pixels as decoded; owned from now on.</param>
/// <param name="reduction">How many pixels of the whole picture are one of these, along a side.</param>
/// <param name="width">Width of the whole picture.</param>
/// <param name="height">Height of the whole picture.</param>
/// <param name="decodeWhole">Decodes it again at its full size.</param>
internal sealed class DecodedPicture(PixelBuffer pixels, int reduction, int width, int height, Func<CancellationToken, PixelBuffer> decodeWhole) : IDisposable
{
    private PixelBuffer? _whole;

    /// <summary>The pixels as decoded.</summary>
    public PixelBuffer Pixels { get; } = pixels;

    /// <summary>How many pixels of the whole picture are one of <see cref="Pixels"/>, along a side; 1 when they are the whole picture.</summary>
    public int Reduction { get; } = reduction;

    /// <summary>Width of the whole picture.</summary>
    public int Width { get; } = width;

    /// <summary>Height of the whole picture.</summary>
    public int Height { get; } = height;

    /// <summary>A picture that is whole.</summary>
    public static DecodedPicture Of(PixelBuffer pixels) => new(pixels, reduction: 1, pixels.Width, pixels.Height, _ => pixels);

    /// <summary>The whole picture; decoded on first use. Stays this object's.</summary>
    public PixelBuffer Whole(CancellationToken cancellationToken) => Reduction == 1 ? Pixels : _whole ??= decodeWhole(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Pixels.Dispose();
        _whole?.Dispose();
    }
}
