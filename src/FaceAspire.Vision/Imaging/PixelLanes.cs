using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Imaging;

/// <summary>One pixel in one vector: lanes R, G, B, and a fourth that means nothing.</summary>
internal static class PixelLanes
{
    private const int Read = sizeof(uint);

    /// <summary>The pixel that starts at a byte of the picture.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(ReadOnlySpan<byte> pixels, int offset)
    {
        // Four bytes at once; the very last pixel has only three.
        uint bytes = offset <= pixels.Length - Read
            ? BinaryPrimitives.ReadUInt32LittleEndian(pixels[offset..])
            : pixels[offset] | ((uint)pixels[offset + 1] << 8) | ((uint)pixels[offset + 2] << 16);
        return Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(bytes).AsByte())).AsInt32();
    }

    /// <summary>Writes three lanes, each 0 to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> pixel, Span<byte> pixels, int offset)
    {
        var destination = pixels.Slice(offset, PixelBuffer.Channels);
        destination[2] = (byte)pixel.GetElement(2);
        destination[1] = (byte)pixel.GetElement(1);
        destination[0] = (byte)pixel.GetElement(0);
    }

    /// <summary>Writes three lanes as they are. The fourth is written too where there is room: what follows is yet to come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector128<T> pixel, Span<T> values, int offset)
        where T : unmanaged
    {
        if (offset <= values.Length - Vector128<T>.Count)
        {
            pixel.CopyTo(values[offset..]);
            return;
        }

        values[offset] = pixel.GetElement(0);
        values[offset + 1] = pixel.GetElement(1);
        values[offset + 2] = pixel.GetElement(2);
    }
}
