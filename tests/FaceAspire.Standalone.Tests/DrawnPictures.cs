using System.Buffers.Binary;
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
}
