using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>An upright picture, decoded at a fraction of its size where that is enough to find the faces, and whole as soon as somebody needs it.</summary>
/// <param name="pixels">The pixels as decoded; owned from now on.</param>
/// <param name="size">The size of the whole picture, and how many of its pixels are one of these.</param>
/// <param name="decodeWhole">Decodes it again at its full size.</param>
internal sealed class DecodedPicture(PixelBuffer pixels, PictureSize size, Func<CancellationToken, PixelBuffer> decodeWhole) : IDisposable
{
    private PixelBuffer? _whole;

    /// <summary>The pixels as decoded.</summary>
    public PixelBuffer Pixels { get; } = pixels;

    /// <summary>How many pixels of the whole picture are one of <see cref="Pixels"/>, along a side; 1 when they are the whole picture.</summary>
    public int Reduction { get; } = size.Reduction;

    /// <summary>Width of the whole picture.</summary>
    public int Width { get; } = size.Width;

    /// <summary>Height of the whole picture.</summary>
    public int Height { get; } = size.Height;

    /// <summary>A picture that is whole.</summary>
    public static DecodedPicture Of(PixelBuffer pixels) => new(pixels, new(pixels.Width, pixels.Height, Reduction: 1), _ => pixels);

    /// <summary>The whole picture; decoded on first use. Stays this object's.</summary>
    public PixelBuffer Whole(CancellationToken cancellationToken) => Reduction == 1 ? Pixels : _whole ??= decodeWhole(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Pixels.Dispose();
        _whole?.Dispose();
    }
}
