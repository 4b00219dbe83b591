using System.Buffers;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>A grey picture in the middle of a black border that is only imagined. Owns pooled memory: dispose it.</summary>
internal sealed class LumaFrame : IDisposable
{
    private readonly IMemoryOwner<byte> _owner;

    private LumaFrame(int pictureWidth, int pictureHeight, int padX, int padY)
    {
        _owner = MemoryPool<byte>.Shared.Rent(checked(pictureWidth * pictureHeight));
        (PictureWidth, PictureHeight, PadX, PadY) = (pictureWidth, pictureHeight, padX, padY);
    }

    /// <summary>Columns without the border.</summary>
    public int PictureWidth { get; }

    /// <summary>Rows without the border.</summary>
    public int PictureHeight { get; }

    /// <summary>Black columns on the left and on the right.</summary>
    public int PadX { get; }

    /// <summary>Black rows above and below.</summary>
    public int PadY { get; }

    /// <summary>Columns with the border.</summary>
    public int Width => PictureWidth + (2 * PadX);

    /// <summary>Rows with the border.</summary>
    public int Height => PictureHeight + (2 * PadY);

    /// <summary>The luma of a frame.</summary>
    public static LumaFrame Of(in DetectorFrame frame)
    {
        var luma = new LumaFrame(frame.Image.Width, frame.Image.Height, frame.PadX, frame.PadY);
        Grayscale.ToLuma(frame.Image, luma._owner.Memory.Span);
        return luma;
    }

    /// <summary>Row of the picture, not of the border.</summary>
    public ReadOnlySpan<byte> PictureRow(int y) => _owner.Memory.Span.Slice(y * PictureWidth, PictureWidth);

    /// <summary>A copy of a part of the frame without a border of its own; null when nothing of it lies in the frame.</summary>
    public LumaFrame? Cut(PixelBox box)
    {
        int left = Math.Max(0, box.X), right = (int)Math.Min(Width, (long)box.X + box.Width);
        int top = Math.Max(0, box.Y), bottom = (int)Math.Min(Height, (long)box.Y + box.Height);
        if (right <= left || bottom <= top)
        {
            return null;
        }

        var part = new LumaFrame(right - left, bottom - top, 0, 0);
        int from = Math.Clamp(PadX, left, right), to = Math.Clamp(PadX + PictureWidth, left, right);
        for (int y = top; y < bottom; y++)
        {
            var row = part._owner.Memory.Span.Slice((y - top) * part.PictureWidth, part.PictureWidth);
            row.Clear();
            if (y >= PadY && y < PadY + PictureHeight && to > from)
            {
                PictureRow(y - PadY)[(from - PadX)..(to - PadX)].CopyTo(row[(from - left)..]);
            }
        }

        return part;
    }

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();
}
