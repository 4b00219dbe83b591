using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using NetVips;

namespace FaceAspire.Vision.Tests.Imaging;

public sealed class ImageDecoderTests
{
    private static readonly ImageDecoder _decoder = new(maxPixels: 1_000_000);

    [Theory]
    [InlineData(".png", 0)]
    [InlineData(".png[interlace]", 0)]
    [InlineData(".webp[lossless]", 0)]
    [InlineData(".webp[Q=95]", 12)]
    [InlineData(".avif[lossless]", 4)]
    [InlineData(".jpg[Q=98]", 6)]
    [InlineData(".jpg[Q=98,interlace]", 6)]
    [InlineData(".gif", 24)]
    public void Decode_AcceptedFormat_GivesThePicture(string ending, int levels)
    {
        using var drawn = DrawnPicture.Image();

        using var decoded = _decoder.Decode(drawn.WriteToBuffer(ending), CancellationToken.None);

        DrawnPicture.LargestDifference(decoded).ShouldBeLessThanOrEqualTo(levels);
    }

    [Fact]
    public void Decode_PaletteOfPng_GivesThePicture()
    {
        using var drawn = DrawnPicture.Image();

        using var decoded = _decoder.Decode(drawn.PngsaveBuffer(palette: true, q: 100, dither: 0), CancellationToken.None);

        DrawnPicture.LargestDifference(decoded).ShouldBeLessThanOrEqualTo(24);
    }

    [Fact]
    public void Decode_SixteenBits_AreTheUpperEight()
    {
        using var drawn = DrawnPicture.Image();
        using var wide = (drawn.Cast(Enums.BandFormat.Ushort) * 257).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16);

        using var decoded = _decoder.Decode(wide.PngsaveBuffer(), CancellationToken.None);

        DrawnPicture.LargestDifference(decoded).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Decode_TransparentPixels_AreWhite()
    {
        using var drawn = DrawnPicture.Image();
        using var left = Image.Black(DrawnPicture.Width / 2, DrawnPicture.Height).Cast(Enums.BandFormat.Uchar);
        using var alpha = left.Embed(0, 0, DrawnPicture.Width, DrawnPicture.Height, extend: Enums.Extend.White);
        using var transparent = drawn.Bandjoin(alpha);

        using var decoded = _decoder.Decode(transparent.PngsaveBuffer(), CancellationToken.None);

        decoded.Row(3)[..3].ToArray().ShouldBe([255, 255, 255]);
        decoded.Row(3)[^3..].ToArray().ShouldBe(DrawnPicture.Pixels()[((4 * DrawnPicture.Width * 3) - 3)..(4 * DrawnPicture.Width * 3)]);
    }

    [Theory]
    [InlineData(".jpg[Q=98]")]
    [InlineData(".png")]
    public void Decode_Gray_IsTheSameInEveryChannel(string ending)
    {
        using var drawn = DrawnPicture.Image();
        using var gray = drawn.Colourspace(Enums.Interpretation.Bw);

        using var decoded = _decoder.Decode(gray.WriteToBuffer(ending), CancellationToken.None);

        for (int i = 0; i < decoded.Pixels.Length; i += PixelBuffer.Channels)
        {
            decoded.Pixels[i].ShouldBe(decoded.Pixels[i + 1]);
            decoded.Pixels[i].ShouldBe(decoded.Pixels[i + 2]);
        }

        decoded.Pixels[0].ShouldBeLessThan(decoded.Pixels[^1]);
    }

    [Fact]
    public void Decode_Cmyk_KeepsTheColours()
    {
        using var red = Image.Black(16, 16, bands: 4).Cast(Enums.BandFormat.Uchar) + new double[] { 0, 255, 255, 0 };
        using var cmyk = red.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Cmyk);

        using var decoded = _decoder.Decode(cmyk.JpegsaveBuffer(q: 98), CancellationToken.None);

        decoded.Pixels[0].ShouldBeGreaterThan((byte)150);
        decoded.Pixels[1].ShouldBeLessThan((byte)80);
        decoded.Pixels[2].ShouldBeLessThan((byte)80);
    }

    [Fact]
    public void Decode_Animation_IsItsFirstFrame()
    {
        using var red = Solid(255, 0, 0);
        using var blue = Solid(0, 0, 255);
        using var frames = Image.Arrayjoin([red, blue], across: 1);
        using var animation = frames.Mutate(static mutable => mutable.Set(GValue.GIntType, "page-height", 16));

        using var decoded = _decoder.Decode(animation.GifsaveBuffer(), CancellationToken.None);

        (decoded.Width, decoded.Height).ShouldBe((16, 16));
        decoded.Pixels[..3].ToArray().ShouldBe([255, 0, 0]);
    }

    /// <summary>EXIF 2.32, tag 274: where row 0 and column 0 of the file belong.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Decode_ExifOrientation_IsUpright(int orientation)
    {
        using var drawn = DrawnPicture.Image();
        using var stored = orientation switch
        {
            2 => drawn.FlipHor(),
            3 => drawn.Rot180(),
            4 => drawn.FlipVer(),
            5 => drawn.Rot90().FlipHor(),
            6 => drawn.Rot270(),
            7 => drawn.Rot270().FlipHor(),
            8 => drawn.Rot90(),
            _ => drawn.Copy(),
        };
        using var tagged = stored.Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", orientation));

        using var decoded = _decoder.Decode(tagged.JpegsaveBuffer(q: 98, subsampleMode: Enums.ForeignSubsample.Off), CancellationToken.None);

        DrawnPicture.LargestDifference(decoded).ShouldBeLessThanOrEqualTo(8);
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    [InlineData(".avif")]
    [InlineData(".gif")]
    [InlineData(".jpg[interlace]")]
    public void Decode_TruncatedFile_IsRefused(string ending)
    {
        using var noise = Image.Gaussnoise(96, 96, sigma: 60, mean: 128).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Bw);
        byte[] whole = noise.WriteToBuffer(ending);
        _decoder.Decode(whole, CancellationToken.None).Dispose();

        foreach (int percent in (ReadOnlySpan<int>)[20, 50, 80, 95])
        {
            var failure = Should.Throw<FaceAspireException>(() => _decoder.Decode(whole.AsMemory(0, whole.Length * percent / 100), CancellationToken.None));
            failure.Code.ShouldBe(ErrorCode.ImageDecodeError, $"{percent} % of {ending}");
        }
    }

    [Theory]
    [InlineData("49492A0008000000", "TIFF")]
    [InlineData("255044462D312E37", "PDF")]
    [InlineData("0000000C6A502020", "JPEG 2000")]
    [InlineData("0000000C4A584C20", "JPEG XL")]
    [InlineData("3842505300010000", "PSD")]
    [InlineData("00000100010010100000", "ICO")]
    [InlineData("0000001C667479706865696300000000", "HEIC")]
    [InlineData("3C73766720786D6C6E733D22", "SVG")]
    [InlineData("EFBBBF0A3C3F786D6C20", "SVG")]
    [InlineData("3C21444F43545950452068746D6C3E", "an HTML page")] // <!DOCTYPE html>
    [InlineData("EFBBBF0D0A3C21646F63747970652048544D4C", "an HTML page")]
    [InlineData("20093C48544D4C206C616E673D", "an HTML page")] // <HTML lang=
    public void Decode_KnownTypeThatIsNotAccepted_IsNamed(string head, string name)
    {
        var failure = Should.Throw<FaceAspireException>(() => _decoder.Decode(Convert.FromHexString(head), CancellationToken.None));

        failure.Code.ShouldBe(ErrorCode.ImageDecodeError);
        failure.Message.ShouldBe($"The image is {name}; accepted are JPEG, PNG, WebP, AVIF, GIF and BMP.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("FF")]
    [InlineData("68656C6C6F")]
    [InlineData("00000018667479706D703432")] // MP4
    public void Decode_UnknownBytes_AreRefused(string bytes) =>
        Should.Throw<FaceAspireException>(() => _decoder.Decode(Convert.FromHexString(bytes), CancellationToken.None)).Message.ShouldStartWith("The image is of no image type");

    [Fact]
    public void Decode_MorePixelsThanAccepted_IsRefusedFromTheHeader()
    {
        byte[] bomb = PngFile.Bomb(20_000, 20_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var failure = Should.Throw<FaceAspireException>(() => _decoder.Decode(bomb, CancellationToken.None));

        failure.Code.ShouldBe(ErrorCode.ImageTooLarge);
        failure.Message.ShouldBe("The image has 20000×20000 pixels; at most 1000000 are accepted.");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Fact]
    public void Decode_ExactlyThePixelsAccepted_IsRead()
    {
        using var decoded = new ImageDecoder(DrawnPicture.Width * DrawnPicture.Height).Decode(PngEncoder.Encode(DrawnPicture.Buffer()), CancellationToken.None);

        decoded.Width.ShouldBe(DrawnPicture.Width);
        Should.Throw<FaceAspireException>(() => new ImageDecoder((DrawnPicture.Width * DrawnPicture.Height) - 1).Decode(PngEncoder.Encode(DrawnPicture.Buffer()), CancellationToken.None))
            .Code.ShouldBe(ErrorCode.ImageTooLarge);
    }

    [Fact]
    public void Decode_Canceled_DoesNotDecode() =>
        Should.Throw<OperationCanceledException>(() => _decoder.Decode(PngEncoder.Encode(DrawnPicture.Buffer()), new CancellationToken(canceled: true)));

    /// <summary>Upright pictures are decoded while they are copied, turned ones as a whole beforehand: each has to hear of it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Decode_CancelledHalfway_EndsLongBeforeTheDecodingWould(int orientation)
    {
        // Noise, so that decoding takes far longer than turning.
        using var noise = Image.Gaussnoise(500, 500, sigma: 60, mean: 128).Cast(Enums.BandFormat.Uchar);
        using var colored = noise.Bandjoin(noise, noise).Copy(interpretation: Enums.Interpretation.Srgb);
        using var tagged = colored.Replicate(12, 12).Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", orientation));
        byte[] file = tagged.JpegsaveBuffer();
        var decoder = new ImageDecoder(maxPixels: 36_000_000);
        long start = Stopwatch.GetTimestamp();
        decoder.Decode(file, TestContext.Current.CancellationToken).Dispose();
        var whole = Stopwatch.GetElapsedTime(start);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        start = Stopwatch.GetTimestamp();
        cancellation.CancelAfter(whole / 10);
        Should.Throw<OperationCanceledException>(() => decoder.Decode(file, cancellation.Token));

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(whole * 0.4);
    }

    [Fact]
    public async Task Decode_ManyThreads_GiveTheSamePixels()
    {
        using var drawn = DrawnPicture.Image();
        byte[] png = drawn.WriteToBuffer(".png");

        int[] differences = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() =>
        {
            using var decoded = _decoder.Decode(png, CancellationToken.None);
            return DrawnPicture.LargestDifference(decoded);
        })));

        differences.ShouldAllBe(static difference => difference == 0);
    }

    private static Image Solid(double red, double green, double blue)
    {
        using var black = Image.Black(16, 16, bands: 3);
        using var colored = black + new[] { red, green, blue };
        return colored.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
    }
}
