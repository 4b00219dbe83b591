using System.Buffers;

namespace FaceAspire.Vision.Imaging;

/// <summary>Upright RGB pixels, one byte a channel, rows without padding. Owns pooled memory: dispose it.
/// Safe to read on many threads at once; writing and disposing are the owner's.</summary>
public sealed class PixelBuffer : IDisposable
{
    /// <summary>Bytes per pixel: R, G, B.</summary>
    public const int Channels = 3;

    private IMemoryOwner<byte>? _owner;

    /// <summary>Rents memory for a picture. Its pixels are not cleared.</summary>
    /// <param name="width">Pixels across, at least 1.</param>
    /// <param name="height">Pixels down, at least 1.</param>
    /// <exception cref="OverflowException">The picture has more than 2³¹ − 1 bytes.</exception>
    public PixelBuffer(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        _owner = MemoryPool<byte>.Shared.Rent(checked(width * height * Channels));
        Width = width;
        Height = height;
    }

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride => Width * Channels;

    /// <summary>All pixels, row by row.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public Memory<byte> Memory
    {
        get
        {
            var owner = _owner;
            ObjectDisposedException.ThrowIf(owner is null, this);
            return owner.Memory[..(Width * Height * Channels)]; // the pool hands out more than was asked for
        }
    }

    /// <summary>All pixels, row by row: 3 × <see cref="Width"/> × <see cref="Height"/> bytes.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public Span<byte> Pixels => Memory.Span;

    /// <summary>Row <paramref name="y"/>: 3 × <see cref="Width"/> bytes, R G B R G B …</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public Span<byte> Row(int y) => Pixels.Slice(y * Stride, Stride);

    /// <summary>Gives the memory back, once, whoever calls first.</summary>
    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();
}
