using System.Buffers.Binary;

namespace FaceAspire.Vision.Tests.Imaging;

/// <summary>Windows bitmaps written by hand, in the forms that no encoder writes any more.</summary>
internal static class BmpFile
{
    private const int FileHeader = 14;

    /// <summary>With a 40-byte header.</summary>
    /// <param name="bits">Bits per pixel.</param>
    /// <param name="palette">What stands between header and pixels: a palette, or masks.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down; negative for rows from above.</param>
    /// <param name="rows">Stored rows, with their padding.</param>
    /// <param name="compression">0 none, 1 run lengths, 3 masks.</param>
    public static byte[] Info(int bits, byte[] palette, int width, int height, byte[] rows, int compression = 0)
    {
        byte[] info = new byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(info, info.Length);
        BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(4), width);
        BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(8), height);
        info[12] = 1;
        info[14] = (byte)bits;
        info[16] = (byte)compression;
        return Join(info, palette, rows);
    }

    /// <summary>With the 12-byte header of OS/2.</summary>
    public static byte[] Core(int bits, byte[] palette, int width, int height, byte[] rows)
    {
        byte[] info = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(info, info.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(info.AsSpan(4), (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(info.AsSpan(6), (ushort)height);
        info[8] = 1;
        info[10] = (byte)bits;
        return Join(info, palette, rows);
    }

    private static byte[] Join(byte[] info, byte[] palette, byte[] rows)
    {
        byte[] header = new byte[FileHeader];
        "BM"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(2), FileHeader + info.Length + palette.Length + rows.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(10), FileHeader + info.Length + palette.Length);
        return [.. header, .. info, .. palette, .. rows];
    }
}
