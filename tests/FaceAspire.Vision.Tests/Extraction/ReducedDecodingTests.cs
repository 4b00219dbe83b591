using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;
using NetVips;

namespace FaceAspire.Vision.Tests.Extraction;

/// <summary>Large JPEGs are decoded at a fraction of their size where no crop needs more.</summary>
public sealed class ReducedDecodingTests(VisionFixture models)
{
    private static readonly CropRecipe _fivePoint = new(CropGeometry.FivePoint, 112, 112);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1279, 900, 640, 1)]
    [InlineData(1280, 900, 640, 2)]
    [InlineData(900, 2559, 640, 2)]
    [InlineData(2600, 300, 640, 4)]
    [InlineData(6000, 400, 640, 8)]
    [InlineData(6000, 400, int.MaxValue, 1)]
    public void Decode_LargeJpeg_IsReducedAsFarAsTheSideAllows(int width, int height, int leastSide, int expected)
    {
        using var drawn = Image.Black(width, height, bands: 3);
        using var decoded = models.Decoder.Decode(drawn.JpegsaveBuffer(), leastSide, out var size, Token);

        size.ShouldBe(new(width, height, expected));
        decoded.Width.ShouldBeInRange(width / expected, (width + expected - 1) / expected);
        decoded.Height.ShouldBeInRange(height / expected, (height + expected - 1) / expected);
    }

    [Theory]
    [InlineData(6, 900, 2600)]
    [InlineData(3, 2600, 900)]
    public void Decode_TurnedJpeg_TellsTheSizeOfTheUprightPicture(int orientation, int width, int height)
    {
        using var drawn = Image.Black(2600, 900, bands: 3).Mutate(image => image.Set(GValue.GIntType, "orientation", orientation));
        using var decoded = models.Decoder.Decode(drawn.JpegsaveBuffer(), 640, out var size, Token);

        size.ShouldBe(new(width, height, 4));
        (decoded.Width > decoded.Height).ShouldBe(width > height);
    }

    [Fact]
    public void Decode_LargePng_IsNotReduced()
    {
        using var drawn = Image.Black(2000, 1000, bands: 3);
        using var decoded = models.Decoder.Decode(drawn.PngsaveBuffer(), 640, out var size, Token);

        size.ShouldBe(new(2000, 1000, 1));
        decoded.Width.ShouldBe(2000);
    }

    [Fact]
    public async Task Extract_LargePhotos_FindsTheFacesThatTheWholePhotoHas()
    {
        int faces = 0;
        foreach (string path in LargePhotos())
        {
            byte[] encoded = await File.ReadAllBytesAsync(path, Token);
            using var reduced = await models.Extractor.ExtractAsync(encoded, new("yunet", [_fivePoint]), Token);
            using var image = models.Decode(path);
            using var whole = models.Extractor.Extract(image, new("yunet", [_fivePoint]), Token);

            // Sure faces; one that is barely a face may fall on either side of the threshold.
            foreach (var face in whole.Where(static face => face.Confidence >= 0.9))
            {
                var twin = reduced.MaxBy(other => Iou(other.Area, face.Area));
                twin.ShouldNotBeNull(path);
                Iou(twin.Area, face.Area).ShouldBeGreaterThan(0.8, path);
                Golden.Cosine(models.Embed("mobilefacenet_512", twin.Crops[0]), models.Embed("mobilefacenet_512", face.Crops[0])).ShouldBeGreaterThan(0.9, path);
                faces++;
            }
        }

        faces.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Extract_FaceTooSmallInTheReducedPicture_IsCutFromTheWholeOne()
    {
        // A portrait in a corner of a large white picture: its eyes lie closer together in the reduced picture than in the crop.
        using var portrait = Image.Thumbnail(SharedMaterial.Photo("img5.jpg"), 420);
        using var white = (Image.Black(2560, 1600, bands: 3) + new double[] { 255, 255, 255 }).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        using var sheet = white.Insert(portrait, 100, 100);
        byte[] encoded = sheet.JpegsaveBuffer(q: 95);

        using var extracted = await models.Extractor.ExtractAsync(encoded, new("yunet", [_fivePoint]), Token);
        using var image = models.Decoder.Decode(encoded, Token);
        using var whole = models.Extractor.Extract(image, new("yunet", [_fivePoint]), Token);

        extracted.ShouldHaveSingleItem();
        Golden.Cosine(models.Embed("mobilefacenet_512", extracted[0].Crops[0]), models.Embed("mobilefacenet_512", whole[0].Crops[0])).ShouldBeGreaterThan(0.9);

        // Sharper than what the reduced picture could give: enlarged pixels have less contrast from one to the next.
        Roughness(extracted[0].Crops[0]).ShouldBe(Roughness(whole[0].Crops[0]), tolerance: 0.15 * Roughness(whole[0].Crops[0]));
    }

    private static IEnumerable<string> LargePhotos()
    {
        SharedMaterial.Require();
        foreach (string path in Directory.EnumerateFiles(Path.Combine(SharedMaterial.Root, "images"), "*.jpg").Order(StringComparer.Ordinal))
        {
            using var header = Image.NewFromFile(path);
            if (Math.Max(header.Width, header.Height) >= 1_280)
            {
                yield return path;
            }
        }
    }

    private static double Roughness(PixelBuffer crop)
    {
        double sum = 0;
        for (int y = 20; y < 92; y++)
        {
            var row = crop.Row(y);
            for (int x = 20 * 3; x < 92 * 3; x++)
            {
                sum += Math.Abs(row[x + 3] - row[x]);
            }
        }

        return sum / (72 * 72 * 3);
    }

    private static double Iou(FacialArea a, FacialArea b) =>
        new Vision.Detection.FaceBox(a.X!.Value, a.Y!.Value, a.W!.Value, a.H!.Value).Iou(new(b.X!.Value, b.Y!.Value, b.W!.Value, b.H!.Value));
}
