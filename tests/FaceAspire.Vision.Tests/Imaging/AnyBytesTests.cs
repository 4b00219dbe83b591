using FaceAspire.Contracts.Errors;
using FaceAspire.Vision.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Imaging;

/// <summary>Whatever the bytes: a picture, or a listed error.</summary>
public sealed class AnyBytesTests
{
    private static readonly ImageDecoder _decoder = new(maxPixels: 1_000_000);

    private static readonly byte[][] _heads =
    [
        [0xFF, 0xD8, 0xFF, 0xE0], [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n'], [.. "RIFF\x10\0\0\0WEBPVP8 "u8], [.. "GIF89a"u8], [.. "BM"u8], [.. "\0\0\0\x1Cftypavif"u8],
    ];

    [Fact]
    public void Decode_AnyBytesAfterAKnownHead_GiveAPictureOrAListedError()
    {
        var bytes =
            from head in Gen.Elements(_heads)
            from tail in Gen.Choose(0, 255).Select(static value => (byte)value).ArrayOf()
            select (byte[])[.. head, .. tail];

        Prop.ForAll(bytes.ToArbitrary(), DecodesOrRefuses).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    [InlineData(".gif")]
    [InlineData(".avif")]
    public void Decode_MutatedFile_GivesAPictureOrAListedError(string ending)
    {
        using var drawn = DrawnPicture.Image();
        byte[] whole = drawn.WriteToBuffer(ending);

        Prop.ForAll(Mutations(whole).ToArbitrary(), DecodesOrRefuses).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Decode_MutatedBitmap_GivesAPictureOrAListedError()
    {
        byte[] whole = BmpFile.Info(bits: 8, palette: [0, 0, 0, 0, 255, 255, 255, 0], width: 5, height: 3, rows: new byte[24]);

        Prop.ForAll(Mutations(whole).ToArbitrary(), DecodesOrRefuses).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static Gen<byte[]> Mutations(byte[] whole) =>
        from changes in Gen.Choose(1, 4)
        from positions in Gen.ArrayOf(Gen.Choose(0, whole.Length - 1), changes)
        from values in Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(0, 1, 127, 128, 255)), changes)
        from length in Gen.Frequency((3, Gen.Constant(whole.Length)), (1, Gen.Choose(0, whole.Length)))
        select Mutate(whole, positions, values)[..length];

    private static byte[] Mutate(byte[] whole, int[] positions, int[] values)
    {
        byte[] mutated = [.. whole];
        foreach (var (position, value) in positions.Zip(values))
        {
            mutated[position] = (byte)value;
        }

        return mutated;
    }

    private static bool DecodesOrRefuses(byte[] bytes)
    {
        try
        {
            using var decoded = _decoder.Decode(bytes, CancellationToken.None);
            return decoded.Pixels.Length == decoded.Width * decoded.Height * PixelBuffer.Channels;
        }
        catch (FaceAspireException exception)
        {
            return exception.Code == ErrorCode.ImageDecodeError || exception.Code == ErrorCode.ImageTooLarge;
        }
    }
}
