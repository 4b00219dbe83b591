using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Testing;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Extraction.Tests;

/// <summary>What every <see cref="IFaceExtractor"/> does, wherever it does it.</summary>
public abstract class FaceExtractorContract
{
    private static readonly CropRecipe _fivePoint = new(CropGeometry.FivePoint, 112, 112);

    protected abstract IFaceExtractor Extractor { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Extract_DrawnFace_FindsItWithItsCropsInOrder()
    {
        using var faces = await ExtractAsync("anna.jpg", new("facelite", [_fivePoint, new(CropGeometry.Square, 64, 48, Margin: 1.25f), new(CropGeometry.Dlib, 150, 150)]));

        var face = faces.ShouldHaveSingleItem();
        face.Crops.Select(static crop => (crop.Width, crop.Height)).ShouldBe([(112, 112), (64, 48), (150, 150)]);
        face.Confidence.ShouldBeInRange(0.7, 1);
        face.Area.W.ShouldNotBeNull().ShouldBeInRange(100, 300);
        face.Area.LeftEye.ShouldNotBeNull()[0].ShouldBeGreaterThan(face.Area.RightEye.ShouldNotBeNull()[0]);
    }

    [Fact]
    public async Task Extract_DeepFacesCropBesideOthers_GivesEachAsIfAlone()
    {
        CropRecipe eyes = new(CropGeometry.Eyes, 152, 152);
        CropRecipe surroundings = new(CropGeometry.Surroundings, 80, 80, Margin: 2.7f);
        using var together = await ExtractAsync("anna.jpg", new("facelite", [surroundings, eyes, _fivePoint]));
        using var alone = await ExtractAsync("anna.jpg", new("facelite", [eyes]));

        var face = together.ShouldHaveSingleItem();
        face.Crops.Select(static crop => (crop.Width, crop.Height)).ShouldBe([(80, 80), (152, 152), (112, 112)]);
        face.Landmarks.Count.ShouldBe(5);
        ((int)face.Landmarks[0].X, (int)face.Landmarks[0].Y).ShouldBe((face.Area.RightEye![0], face.Area.RightEye[1]));
        face.Crops[1].Pixels.SequenceEqual(alone[0].Crops[0].Pixels).ShouldBeTrue();
        face.Area.X.ShouldBe(alone[0].Area.X);
    }

    [Fact]
    public async Task Extract_NaturalSize_CropsAsLargeAsTheFace()
    {
        using var faces = await ExtractAsync("ben.jpg", new("facelite", [new(CropGeometry.Eyes, 0, 0)]) { Align = false });

        var face = faces.ShouldHaveSingleItem();
        face.Crops[0].Width.ShouldBe(face.Area.W!.Value);
        face.Crops[0].Height.ShouldBe(face.Area.H!.Value);
    }

    [Fact]
    public async Task Extract_NoFace_IsEmpty()
    {
        using var faces = await Extractor.ExtractAsync(Blank, new("facelite", [_fivePoint]), Token);

        faces.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Extract_NoFaceButWholeImageAsked_GivesTheWholeImage()
    {
        using var faces = await Extractor.ExtractAsync(Blank, new("facelite", [_fivePoint]) { WholeImageWithoutFace = true }, Token);

        var face = faces.ShouldHaveSingleItem();
        (face.Area.X, face.Area.Y, face.Area.W, face.Area.H, face.Confidence).ShouldBe((0, 0, 63, 63, 0));
        face.Area.LeftEye.ShouldBeNull();
        face.Crops[0].Pixels.IndexOfAnyExcept((byte)0).ShouldBe(-1);
    }

    [Fact]
    public async Task Extract_SkipDetector_GivesTheWholeImage()
    {
        using var faces = await ExtractAsync("anna.jpg", new("skip", [_fivePoint]));

        faces.ShouldHaveSingleItem().Area.X.ShouldBe(0);
    }

    [Fact]
    public async Task Extract_MoreFacesThanAskedFor_GivesTheLargest()
    {
        byte[] photo = Shrink(await File.ReadAllBytesAsync(SharedMaterial.Photo("couple.jpg"), Token));
        using var all = await Extractor.ExtractAsync(photo, new("yunet", [_fivePoint]), Token);
        using var faces = await Extractor.ExtractAsync(photo, new("yunet", [_fivePoint]) { MaxFaces = 1 }, Token);

        all.Count.ShouldBe(2);
        faces.ShouldHaveSingleItem().Area.W.ShouldBe(all.Max(static face => face.Area.W));
    }

    [Fact]
    public async Task Extract_NoImage_IsADecodeError()
    {
        var failure = await Should.ThrowAsync<FaceAspireException>(() => Extractor.ExtractAsync("no image at all"u8.ToArray(), new("facelite", [_fivePoint]), Token));

        failure.Code.ShouldBe(ErrorCode.ImageDecodeError);
        failure.Message.ShouldContain("JPEG");
    }

    [Fact]
    public async Task Extract_MorePixelsThanAllowed_IsTooLarge()
    {
        using var black = NetVips.Image.Black(2_000, 1_001, bands: 3);
        var failure = await Should.ThrowAsync<FaceAspireException>(() => Extractor.ExtractAsync(black.WriteToBuffer(".png"), new("facelite", [_fivePoint]), Token));

        failure.Code.ShouldBe(ErrorCode.ImageTooLarge);
        failure.Message.ShouldContain("2000000");
    }

    [Fact]
    public async Task Extract_Cancelled_IsCancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Extractor.ExtractAsync(Blank, new("facelite", [_fivePoint]), stop.Token));
    }

    protected async Task<ExtractedFaces> ExtractAsync(string sample, ExtractionOptions options) =>
        await Extractor.ExtractAsync(await File.ReadAllBytesAsync(Sample(sample), Token), options, Token);

    protected static string Sample(string name) => Path.Combine(SharedMaterial.RepositoryRoot, "samples", name);

    private static byte[] Blank
    {
        get
        {
            using var black = NetVips.Image.Black(64, 64, bands: 3);
            return black.WriteToBuffer(".png");
        }
    }

    private static byte[] Shrink(byte[] photo)
    {
        using var small = NetVips.Image.ThumbnailBuffer(photo, 800);
        return small.WriteToBuffer(".jpg");
    }
}
