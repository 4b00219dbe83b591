using System.Buffers.Binary;
using FaceAspire.Contracts.Errors;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Tests.Imaging;

/// <summary>Each file is two pixels wide: red and blue above, green and white below.</summary>
public sealed class BmpReaderTests
{
    private static readonly byte[] _expected = [255, 0, 0, 0, 0, 255, 0, 255, 0, 255, 255, 255];
    private static readonly byte[] _palette = [0, 0, 255, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255, 255, 255, 0]; // red, blue, green, white as BGR0
    private static readonly byte[] _corePalette = [0, 0, 255, 255, 0, 0, 0, 255, 0, 255, 255, 255];
    private static readonly byte[] _rows24 = [0, 255, 0, 255, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0]; // from below, padded to 4 bytes

    [Fact]
    public void Read_24Bits_FromBelow() => Read(BmpFile.Info(24, [], 2, 2, _rows24)).ShouldBe(_expected);

    [Fact]
    public void Read_24Bits_FromAbove() => Read(BmpFile.Info(24, [], 2, -2, [.. _rows24[8..], .. _rows24[..8]])).ShouldBe(_expected);

    [Fact]
    public void Read_24Bits_HeaderOfOs2() => Read(BmpFile.Core(24, [], 2, 2, _rows24)).ShouldBe(_expected);

    [Fact]
    public void Read_8Bits_LooksThePaletteUp() => Read(BmpFile.Info(8, _palette, 2, 2, [2, 3, 0, 0, 0, 1, 0, 0])).ShouldBe(_expected);

    [Fact]
    public void Read_4Bits_LooksThePaletteUp() => Read(BmpFile.Info(4, _palette, 2, 2, [0x23, 0, 0, 0, 0x01, 0, 0, 0])).ShouldBe(_expected);

    [Fact]
    public void Read_4Bits_PaletteOfOs2() => Read(BmpFile.Core(4, _corePalette, 2, 2, [0x23, 0, 0, 0, 0x01, 0, 0, 0])).ShouldBe(_expected);

    [Fact]
    public void Read_1Bit_LooksThePaletteUp() =>
        Read(BmpFile.Info(1, _palette[..8], 3, 1, [0b0100_0000, 0, 0, 0])).ShouldBe([255, 0, 0, 0, 0, 255, 255, 0, 0]);

    [Fact]
    public void Read_16Bits_AreFiveForEachColour() => Read(BmpFile.Info(16, [], 2, 2, Words16(0x03E0, 0x7FFF, 0x7C00, 0x001F))).ShouldBe(_expected);

    [Fact]
    public void Read_16BitsWithMasks_TakesTheMasks() =>
        Read(BmpFile.Info(16, Words32(0xF800, 0x07E0, 0x001F), 2, 2, Words16(0x07E0, 0xFFFF, 0xF800, 0x001F), compression: 3)).ShouldBe(_expected);

    [Fact]
    public void Read_32Bits_IgnoresTheFourthByte() => Read(BmpFile.Info(32, [], 2, 2, Words32(0x0000FF00, 0x80FFFFFF, 0xFFFF0000, 0x000000FF))).ShouldBe(_expected);

    [Fact]
    public void Read_32BitsWithMasks_TakesTheMasks() =>
        Read(BmpFile.Info(32, Words32(0x000000FF, 0x0000FF00, 0x00FF0000), 2, 2, Words32(0x0000FF00, 0x00FFFFFF, 0x000000FF, 0x00FF0000), compression: 3)).ShouldBe(_expected);

    [Fact]
    public void Read_PaletteEntryThatIsMissing_IsBlack() => Read(BmpFile.Info(8, _palette[..4], 2, 1, [0, 9, 0, 0])).ShouldBe([255, 0, 0, 0, 0, 0]);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(25)]
    [InlineData(53)]
    [InlineData(60)]
    [InlineData(69)]
    public void Read_Truncated_IsRefused(int length) => Refused(BmpFile.Info(24, [], 2, 2, _rows24)[..length]);

    [Theory]
    [InlineData(24, 0, 2)]
    [InlineData(24, 2, 0)]
    [InlineData(24, -2, 2)]
    [InlineData(24, 2, int.MinValue)]
    [InlineData(2, 2, 2)]
    [InlineData(64, 2, 2)]
    [InlineData(0, 2, 2)]
    public void Read_ImpossibleHeader_IsRefused(int bits, int width, int height) => Refused(BmpFile.Info(bits, [], width, height, _rows24));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Read_Compressed_IsRefused(int compression) => Refused(BmpFile.Info(8, _palette, 2, 2, new byte[8], compression)).Message.ShouldContain("compressed");

    [Fact]
    public void Read_HugeSizeInAShortFile_TakesNoMemory()
    {
        byte[] file = BmpFile.Info(24, [], 30_000, 30_000, _rows24);
        var decoder = new ImageDecoder(maxPixels: int.MaxValue);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<FaceAspireException>(() => decoder.Decode(file, CancellationToken.None)).Code.ShouldBe(ErrorCode.ImageDecodeError);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
        Should.Throw<FaceAspireException>(() => new ImageDecoder(1_000_000).Decode(file, CancellationToken.None)).Code.ShouldBe(ErrorCode.ImageTooLarge);
    }

    private static byte[] Read(byte[] file)
    {
        using var image = new ImageDecoder(maxPixels: 100).Decode(file, CancellationToken.None);
        return image.Pixels.ToArray();
    }

    private static FaceAspireException Refused(byte[] file)
    {
        var failure = Should.Throw<FaceAspireException>(() => Read(file));
        failure.Code.ShouldBe(ErrorCode.ImageDecodeError);
        return failure;
    }

    private static byte[] Words16(params ReadOnlySpan<ushort> words)
    {
        byte[] bytes = new byte[words.Length * 2];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), words[i]);
        }

        return bytes;
    }

    private static byte[] Words32(params ReadOnlySpan<uint> words)
    {
        byte[] bytes = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        }

        return bytes;
    }
}
