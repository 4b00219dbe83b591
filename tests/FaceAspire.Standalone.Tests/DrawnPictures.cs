using System.Buffers.Binary;
using System.IO.Compression;
using FaceAspire.Testing;
using NetVips;

namespace FaceAspire.Standalone.Tests;

/// <summary>Pictures made here, and photos in other formats.</summary>
internal static class DrawnPictures
{
    /// <summary>A photo in another format, by the file ending that libvips knows it under.</summary>
    public static byte[] Convert(string photo, string ending)
    {
        using var image = Image.NewFromFile(SharedMaterial.Photo(photo));
        return image.WriteToBuffer(ending);
    }

    public static Image Black(int width, int height) => Image.Black(width, height, bands: 3).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);

    public static string DataUri(Image image, string ending)
    {
        using (image)
        {
            return DataUri(image.WriteToBuffer(ending));
        }
    }

    public static string DataUri(byte[] encoded) => $"data:image/any;base64,{System.Convert.ToBase64String(encoded)}";

    /// <summary>A photo as a 24-bit Windows bitmap, rows from below.</summary>
    public static byte[] Bitmap(string photo)
    {
        using var image = Image.NewFromFile(SharedMaterial.Photo(photo));
        byte[] pixels = image.WriteToMemory<byte>();
        int stride = ((image.Width * 3) + 3) / 4 * 4;
        byte[] file = new byte[54 + (stride * image.Height)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), image.Height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                int from = ((y * image.Width) + x) * 3;
                int to = 54 + ((image.Height - 1 - y) * stride) + (x * 3);
                (file[to], file[to + 1], file[to + 2]) = (pixels[from + 2], pixels[from + 1], pixels[from]);
            }
        }

        return file;
    }

    /// <summary>A PNG of one grey bit a pixel, written by hand: some kilobytes that unpack to any size.</summary>
    public static byte[] BombPng(int width, int height)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] row = new byte[((width + 7) / 8) + 1];
            for (int y = 0; y < height; y++)
            {
                zlib.Write(row);
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    /// <summary>The checksum of the PNG specification, annex D.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
