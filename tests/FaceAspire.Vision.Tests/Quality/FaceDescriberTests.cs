using System.Numerics;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Quality;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Quality;

public sealed class FaceDescriberTests(VisionFixture models)
{
    private static readonly FaceDetail[] _all = Enum.GetValues<FaceDetail>();

    public static TheoryData<string> Photos => ["couple", "img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"];

    [Theory, MemberData(nameof(Photos))]
    public void Score_GoldenCrop_IsTheReferences(string photo)
    {
        using var golden = SharedMaterial.Golden("face-quality-assessment.json");
        using var crop = models.Decode(SharedMaterial.File("golden", "crops", $"{photo}.arcface112.png"));

        double? score = models.Quality.Score(crop, TestContext.Current.CancellationToken);

        score!.Value.ShouldBe(golden.RootElement.GetProperty("crops").GetProperty($"{photo}.arcface112.png").GetProperty("mean").GetDouble(), 1e-4);
    }

    [Fact]
    public void Describe_Photo_TellsAllThree()
    {
        using var golden = SharedMaterial.Golden("crops.json");
        var points = Golden.Points(golden.RootElement.GetProperty("crops").GetProperty("img11").GetProperty("landmarks"));
        using var image = models.Decode(SharedMaterial.File("golden", "photos", "img11.png"));
        using var faces = models.Extractor.Extract(image, new("yunet", [FaceDescriber.Crop]) { MaxFaces = 1 }, TestContext.Current.CancellationToken);

        var (quality, pose, landmarks) = new FaceDescriber(models.Quality).Describe(faces[0], _all, TestContext.Current.CancellationToken);

        quality!.Score!.Value.ShouldBe(0.769, 0.02);
        quality.Size.ShouldBeInRange(270, 280);
        quality.Brightness.ShouldBeInRange(0.2, 0.8);
        quality.Blur.ShouldBeGreaterThan(50);
        pose!.Roll.ShouldBe(14.4, 2); // leans clockwise
        pose.Yaw.ShouldBeLessThan(0);
        foreach (var (told, wanted) in ((IReadOnlyList<double>[])[landmarks!.RightEye, landmarks.LeftEye, landmarks.Nose, landmarks.MouthRight, landmarks.MouthLeft]).Zip(points))
        {
            Vector2.Distance(new((float)told[0], (float)told[1]), wanted).ShouldBeLessThan(2);
        }
    }

    [Fact]
    public void Describe_BlurredPhoto_HasLessOfBlursVarianceAndTheSameBrightness()
    {
        using var sharp = models.Decode(SharedMaterial.File("golden", "crops", "img11.arcface112.png"));
        using var small = Resizer.Resize(sharp, 28, 28, Interpolation.Area);
        using var blurred = Resizer.Resize(small, 112, 112, Interpolation.Bilinear);

        var first = Describe(sharp)!;
        var second = Describe(blurred)!;

        second.Blur.ShouldBeLessThan(first.Blur / 10);
        second.Brightness.ShouldBe(first.Brightness, 0.01);
        second.Score!.Value.ShouldBeLessThan(first.Score!.Value);
    }

    [Fact]
    public void Describe_WithoutTheNetworksFile_HasNoScore()
    {
        using var face = new ExtractedFace(new(0, 0, 30, 20), Confidence: 1, [Grey(128)]);

        var quality = new FaceDescriber(network: null).Describe(face, [FaceDetail.Quality], TestContext.Current.CancellationToken).Quality!;

        quality.Score.ShouldBeNull();
        (quality.Blur, quality.Brightness, quality.Size).ShouldBe((0, Math.Round(128 / 255.0, 4), 20));
    }

    [Fact]
    public void Describe_FewerThanFivePoints_TellsNeitherPoseNorLandmarks()
    {
        using var face = new ExtractedFace(new(0, 0, 30, 20), Confidence: 1, [Grey(0)]) { Landmarks = [new(1, 2), new(3, 4)] };

        new FaceDescriber(network: null).Describe(face, [FaceDetail.Pose, FaceDetail.Landmarks], TestContext.Current.CancellationToken).ShouldBe(default);
    }

    [Fact]
    public async Task Extract_LandmarksOfAReducedPicture_AreThoseOfTheWhole()
    {
        byte[] photo = await File.ReadAllBytesAsync(SharedMaterial.Photo("couple.jpg"), TestContext.Current.CancellationToken);
        using var whole = models.Decoder.Decode(photo, TestContext.Current.CancellationToken);
        using var expected = models.Extractor.Extract(whole, new("yunet", [FaceDescriber.Crop]) { MaxFaces = 1 }, TestContext.Current.CancellationToken);

        using var faces = await models.Extractor.ExtractAsync(photo, new("yunet", [FaceDescriber.Crop]) { MaxFaces = 1 }, TestContext.Current.CancellationToken);

        faces[0].Landmarks.Count.ShouldBe(5);
        foreach (var (point, wanted) in faces[0].Landmarks.Zip(expected[0].Landmarks))
        {
            Vector2.Distance(point, wanted).ShouldBeLessThan(12);
        }
    }

    private static PixelBuffer Grey(byte level)
    {
        var crop = new PixelBuffer(112, 112);
        crop.Pixels.Fill(level);
        return crop;
    }

    private Contracts.Responses.FaceQuality? Describe(PixelBuffer crop)
    {
        // Not disposed: the crop is the caller's.
        var face = new ExtractedFace(new(0, 0, 30, 20), Confidence: 1, [crop]);
        return new FaceDescriber(models.Quality).Describe(face, [FaceDetail.Quality], TestContext.Current.CancellationToken).Quality;
    }
}
