using System.Text.Json;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Testing;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Liveness;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Liveness;

/// <summary>The two networks together against the original, on its crops and on whole photos.</summary>
public sealed class LivenessTests(VisionFixture models)
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Photos => ["couple", "img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"];

    [Theory, MemberData(nameof(Photos))]
    public void Judge_GoldenCrops_GivesTheReferenceVerdict(string photo)
    {
        using var golden = SharedMaterial.Golden("antispoof_fused.json");
        var expected = golden.RootElement.GetProperty("photos").GetProperty(photo);
        using var face = new ExtractedFace(
            new(0, 0, 1, 1),
            Confidence: 1,
            [
                models.Decode(SharedMaterial.File("golden", "crops", $"{photo}.fas27.png")),
                models.Decode(SharedMaterial.File("golden", "crops", $"{photo}.fas40.png")),
            ]);

        ShouldBe(models.Liveness.Judge(face, firstCrop: 0, TestContext.Current.CancellationToken), expected, Tolerance);
    }

    [Theory, MemberData(nameof(Photos))]
    public void Judge_WholePhoto_GivesTheReferenceVerdict(string photo)
    {
        using var golden = SharedMaterial.Golden("antispoof_fused.json");
        var expected = golden.RootElement.GetProperty("photos").GetProperty(photo);
        var check = models.Liveness;
        using var image = photo == "couple" ? models.Decode(SharedMaterial.Photo("couple.jpg")) : models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));

        using var faces = models.Extractor.Extract(image, new("yunet", check.Crops) { MaxFaces = 1 }, TestContext.Current.CancellationToken);

        // The reference's couple.jpg was decoded by another decoder.
        ShouldBe(check.Judge(faces.ShouldHaveSingleItem(), firstCrop: 0, TestContext.Current.CancellationToken), expected, photo == "couple" ? 0.05 : 0.01);
    }

    [Theory]
    [InlineData("img10", true)]
    [InlineData("img12", true)]
    [InlineData("img5", false)]
    public void Judge_BesideDeepFacesCrop_SeesThePlainPicture(string photo, bool isReal)
    {
        var check = models.Liveness;
        using var image = models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));
        using var plain = models.Extractor.Extract(image, new("yunet", check.Crops) { MaxFaces = 1, Align = false }, TestContext.Current.CancellationToken);

        using var faces = models.Extractor.Extract(
            image, new("yunet", [new(CropGeometry.Eyes, 0, 0), .. check.Crops]) { MaxFaces = 1, Align = false }, TestContext.Current.CancellationToken);

        // Without alignment DeepFace's detector sees the plain picture too, so that only the rounding of the box differs.
        check.Judge(faces[0], firstCrop: 1, TestContext.Current.CancellationToken).IsReal.ShouldBe(isReal);
        for (int i = 0; i < check.Crops.Count; i++)
        {
            Golden.ShareWithin(faces[0].Crops[1 + i], plain[0].Crops[i], levels: 40).ShouldBeGreaterThan(0.97);
        }
    }

    [Fact]
    public async Task Judge_LargeJpeg_SeesItAtFullSize()
    {
        // Detection needs an eighth of the picture; the surroundings are cut from all of it.
        var check = models.Liveness;
        byte[] photo = await File.ReadAllBytesAsync(SharedMaterial.Photo("couple.jpg"), TestContext.Current.CancellationToken);
        using var whole = models.Decoder.Decode(photo, TestContext.Current.CancellationToken);
        using var expected = models.Extractor.Extract(whole, new("yunet", check.Crops) { MaxFaces = 1 }, TestContext.Current.CancellationToken);
        var area = expected[0].Area;
        using var faces = await models.Extractor.ExtractAsync(photo, new("yunet", check.Crops) { MaxFaces = 1 }, TestContext.Current.CancellationToken);

        Math.Abs(faces[0].Area.X!.Value - area.X!.Value).ShouldBeLessThanOrEqualTo(8);
        var verdict = check.Judge(faces[0], firstCrop: 0, TestContext.Current.CancellationToken);
        verdict.IsReal.ShouldBeTrue();
        verdict.Score.ShouldBe(check.Judge(expected[0], firstCrop: 0, TestContext.Current.CancellationToken).Score, 0.1);
    }

    [Fact]
    public void RequireReal_OneSpoofAmongFaces_IsRefusedWithItsPlace()
    {
        var check = models.Liveness;
        using var image = models.Decode(SharedMaterial.File("golden", "photos", "img5.png"));
        using var faces = models.Extractor.Extract(image, new("yunet", check.Crops) { MaxFaces = 1 }, TestContext.Current.CancellationToken);

        var failure = Should.Throw<FaceAspireException>(() => check.RequireReal(faces, firstCrop: 0, TestContext.Current.CancellationToken));

        failure.Code.ShouldBe(ErrorCode.SpoofDetected);
        failure.Message.ShouldContain($"x {faces[0].Area.X}, y {faces[0].Area.Y}");
        failure.Message.ShouldContain("0.51");
    }

    [Fact]
    public void Judge_WithoutNetworks_IsUnavailable()
    {
        using var face = new ExtractedFace(new(0, 0, 1, 1), Confidence: 1, []);

        Should.Throw<FaceAspireException>(() => new LivenessCheck([]).Judge(face, firstCrop: 0, TestContext.Current.CancellationToken)).Code.ShouldBe(ErrorCode.ModelUnavailable);
    }

    [Fact]
    public void Of_NetworksThatDisagree_GoesWithTheSurer()
    {
        LivenessVerdict.Of([0, 5, 0, 1, 0, 0]).IsReal.ShouldBeTrue();
        LivenessVerdict.Of([5, 0, 0, 0, 1, 0]).IsReal.ShouldBeFalse();
        LivenessVerdict.Of([0, 0, 5, 0, 1, 0]).IsReal.ShouldBeFalse();
        LivenessVerdict.Of([-50, 50, -50, -50, 50, -50]).Score.ShouldBe(1, 1e-6);
    }

    private static void ShouldBe(LivenessVerdict verdict, JsonElement expected, double tolerance)
    {
        verdict.Score.ShouldBe(expected.GetProperty("score").GetDouble(), tolerance);
        verdict.IsReal.ShouldBe(expected.GetProperty("is_real").GetBoolean());
    }
}
