using System.Buffers.Binary;
using System.Numerics;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Vision.Imaging;

/// <summary>Windows bitmaps: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits, with or without masks; top-down or bottom-up. Run-length encoding is refused.</summary>
/// <remarks>Layout after Microsoft's BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and its V4 and V5 forms. libvips has no loader for it.</remarks>
internal static class BmpReader
{
    private const int FileHeader = 14;
    private const int CoreHeader = 12;
    private const int InfoHeader = 40;
    private const uint Uncompressed = 0;
    private const uint BitFields = 3;

    /// <summary>Reads a bitmap.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="requireSize">Throws when width and height are too large; asked before any memory is taken.</param>
    public static PixelBuffer Read(ReadOnlySpan<byte> file, Action<int, int> requireSize)
    {
        var header = Header.Read(file);
        requireSize(header.Width, header.Height);
        long stride = (((long)header.Width * header.Bits) + 31) / 32 * 4;
        if (header.PixelOffset > file.Length || (stride * header.Height) > file.Length - header.PixelOffset)
        {
            throw Corrupt("its pixels are truncated");
        }

        var image = new PixelBuffer(header.Width, header.Height);
        for (int y = 0; y < header.Height; y++)
        {
            int storedRow = header.TopDown ? y : header.Height - 1 - y;
            ReadRow(header, file.Slice(header.PixelOffset + (int)(storedRow * stride), (int)stride), image.Row(y));
        }

        return image;
    }

    private static void ReadRow(in Header header, ReadOnlySpan<byte> stored, Span<byte> row)
    {
        for (int x = 0; x < header.Width; x++)
        {
            var pixel = row.Slice(x * PixelBuffer.Channels, PixelBuffer.Channels);
            switch (header.Bits)
            {
                case 24:
                    (pixel[0], pixel[1], pixel[2]) = (stored[(3 * x) + 2], stored[(3 * x) + 1], stored[3 * x]);
                    break;
                case 16:
                    header.Unmask(BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * x)..]), pixel);
                    break;
                case 32:
                    header.Unmask(BinaryPrimitives.ReadUInt32LittleEndian(stored[(4 * x)..]), pixel);
                    break;
                default:
                    int perByte = 8 / header.Bits;
                    int shift = 8 - (header.Bits * ((x % perByte) + 1));
                    header.LookUp((stored[x / perByte] >> shift) & ((1 << header.Bits) - 1), pixel);
                    break;
            }
        }
    }

    private static FaceAspireException Corrupt(string what) => ImageDecoder.Refused($"The BMP image cannot be read: {what}.");

    private readonly ref struct Header
    {
        private readonly ReadOnlySpan<byte> _palette;
        private readonly int _paletteEntry;
        private readonly uint _red, _green, _blue;

        private Header(ReadOnlySpan<byte> palette, int paletteEntry, uint red, uint green, uint blue)
        {
            _palette = palette;
            _paletteEntry = paletteEntry;
            (_red, _green, _blue) = (red, green, blue);
        }

        public int Width { get; private init; }

        public int Height { get; private init; }

        public int Bits { get; private init; }

        public bool TopDown { get; private init; }

        public int PixelOffset { get; private init; }

        public static Header Read(ReadOnlySpan<byte> file)
        {
            if (file.Length < FileHeader + CoreHeader)
            {
                throw Corrupt("its header is truncated");
            }

            uint pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[FileHeader..]);
            if (pixelOffset > int.MaxValue || (size != CoreHeader && size < InfoHeader) || size > file.Length - FileHeader)
            {
                throw Corrupt("its header is of no known form");
            }

            var info = file.Slice(FileHeader, (int)size);
            return size == CoreHeader ? ReadCore(file, info, (int)pixelOffset) : ReadInfo(file, info, (int)pixelOffset);
        }

        /// <summary>The colour of a palette entry; black for one that is missing.</summary>
        public void LookUp(int index, Span<byte> pixel)
        {
            int at = index * _paletteEntry;
            if (at + 3 <= _palette.Length)
            {
                (pixel[0], pixel[1], pixel[2]) = (_palette[at + 2], _palette[at + 1], _palette[at]);
            }
            else
            {
                pixel.Clear();
            }
        }

        public void Unmask(uint value, Span<byte> pixel)
        {
            pixel[0] = Channel(value, _red);
            pixel[1] = Channel(value, _green);
            pixel[2] = Channel(value, _blue);
        }

        /// <summary>The masked bits as 0..255.</summary>
        private static byte Channel(uint value, uint mask)
        {
            if (mask == 0)
            {
                return 0;
            }

            int shift = BitOperations.TrailingZeroCount(mask);
            ulong max = mask >> shift;
            return (byte)(((((value & mask) >> shift) * 255UL) + (max / 2)) / max);
        }

        private static Header ReadCore(ReadOnlySpan<byte> file, ReadOnlySpan<byte> info, int pixelOffset)
        {
            int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[10..]);
            return Check(new(Palette(file, FileHeader + CoreHeader, pixelOffset), paletteEntry: 3, 0xFF0000, 0xFF00, 0xFF)
            {
                Width = BinaryPrimitives.ReadUInt16LittleEndian(info[4..]),
                Height = BinaryPrimitives.ReadUInt16LittleEndian(info[6..]),
                Bits = bits,
                PixelOffset = pixelOffset,
            });
        }

        private static Header ReadInfo(ReadOnlySpan<byte> file, ReadOnlySpan<byte> info, int pixelOffset)
        {
            int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[14..]);
            uint compression = BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
            if (compression is not (Uncompressed or BitFields))
            {
                throw Corrupt("compressed bitmaps are not accepted");
            }

            int height = BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
            if (height == int.MinValue)
            {
                throw Corrupt("its size is impossible");
            }

            var (red, green, blue) = bits == 16 ? (0x7C00u, 0x03E0u, 0x001Fu) : (0xFF0000u, 0xFF00u, 0xFFu);
            int palette = FileHeader + info.Length;
            if (compression == BitFields)
            {
                // The masks follow a 40-byte header, and are part of a longer one: at the same place in the file.
                int masks = FileHeader + InfoHeader;
                if (file.Length < masks + 12 || bits is not (16 or 32))
                {
                    throw Corrupt("its colour masks are missing");
                }

                red = BinaryPrimitives.ReadUInt32LittleEndian(file[masks..]);
                green = BinaryPrimitives.ReadUInt32LittleEndian(file[(masks + 4)..]);
                blue = BinaryPrimitives.ReadUInt32LittleEndian(file[(masks + 8)..]);
            }

            return Check(new(Palette(file, palette, pixelOffset), paletteEntry: 4, red, green, blue)
            {
                Width = BinaryPrimitives.ReadInt32LittleEndian(info[4..]),
                Height = Math.Abs(height),
                Bits = bits,
                TopDown = height < 0,
                PixelOffset = pixelOffset,
            });
        }

        private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> file, int start, int pixelOffset) =>
            start < pixelOffset && start < file.Length ? file[start..Math.Min(pixelOffset, file.Length)] : [];

        private static Header Check(Header header)
        {
            if (header.Width < 1 || header.Height < 1)
            {
                throw Corrupt("its size is impossible");
            }

            return header.Bits is 1 or 4 or 8 or 16 or 24 or 32 ? header : throw Corrupt($"{header.Bits} bits per pixel are not accepted");
        }
    }
}
