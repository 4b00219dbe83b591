using System.Text.Json;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Extraction;

/// <summary>Our extraction in DeepFace's geometry against DeepFace's own <c>extract_faces</c> with its yunet and opencv backends.</summary>
public sealed class DeepFaceExtractionTests(VisionFixture models)
{
    private static readonly CropRecipe[] _naturalSize = [new(CropGeometry.Eyes, 0, 0)];

    public static TheoryData<string, string, bool, int> Cases
    {
        get
        {
            var data = new TheoryData<string, string, bool, int>();
            foreach (string photo in (string[])["img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"])
            {
                data.Add("yunet", photo, true, 0);
                data.Add("yunet", photo, true, 20);
                data.Add("yunet", photo, false, 0);
                data.Add("yunet", photo, false, 20);
                data.Add("opencv", photo, true, 0);
                data.Add("opencv", photo, false, 0);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Extract_GoldenPhoto_GivesDeepFacesFaces(string detector, string photo, bool align, int expand)
    {
        using var golden = SharedMaterial.Golden("deepface_extract.json");
        var expected = golden.RootElement.GetProperty("results").GetProperty($"{detector}/align={align}/expand={expand}").GetProperty(photo);
        using var image = models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));

        var options = new ExtractionOptions(detector, _naturalSize) { Align = align, ExpandPercentage = expand };
        using var faces = models.Extractor.Extract(image, options, TestContext.Current.CancellationToken);

        faces.Count.ShouldBe(expected.GetArrayLength(), photo);
        for (int i = 0; i < faces.Count; i++)
        {
            // OpenCV's cascade runs on several threads, whose haste decides the order.
            var face = detector == "opencv" ? faces.MinBy(face => DistanceOf(face.Area, expected[i].GetProperty("facial_area")))! : faces[i];
            ShouldMatch(face, expected[i], $"{detector} {photo} face {i}");
        }
    }

    [Fact]
    public void Extract_BlackPicture_FindsNothingUnlessTheWholeImageMayStandIn()
    {
        SharedMaterial.Require();
        using var black = new PixelBuffer(224, 224);
        black.Pixels.Clear();

        using var none = models.Extractor.Extract(black, new("yunet", _naturalSize), TestContext.Current.CancellationToken);
        using var whole = models.Extractor.Extract(black, new("yunet", _naturalSize) { WholeImageWithoutFace = true }, TestContext.Current.CancellationToken);

        none.ShouldBeEmpty();
        whole.Count.ShouldBe(1);
        whole[0].Area.ShouldBe(new FacialArea(0, 0, 223, 223));
        whole[0].Confidence.ShouldBe(0);
        (whole[0].Crops[0].Width, whole[0].Crops[0].Height).ShouldBe((224, 224));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Extract_DetectorWithoutEyes_FindsThemInTheCrop(bool align)
    {
        // The cascade's faces without their eyes are those of a detector that gives none: the eyes that are found afterwards are the same.
        using var image = models.Decode(SharedMaterial.Photo("img11.jpg"));
        using var gate = new ComputeGate(maxConcurrency: 0);
        var options = new ExtractionOptions("opencv", _naturalSize) { Align = align };
        var blind = new BoxesOnly(models.Detector("opencv"));

        using var expected = models.Extractor.Extract(image, options, TestContext.Current.CancellationToken);
        using var found = new FaceExtractor(_ => blind, "yunet", models.Decoder, gate, () => models.Eyes).Extract(image, options, TestContext.Current.CancellationToken);
        using var without = new FaceExtractor(_ => blind, "yunet", models.Decoder, gate).Extract(image, options, TestContext.Current.CancellationToken);

        var face = found.ShouldHaveSingleItem();
        face.Area.LeftEye.ShouldBe(expected[0].Area.LeftEye.ShouldNotBeNull());
        face.Area.RightEye.ShouldBe(expected[0].Area.RightEye.ShouldNotBeNull());
        Golden.ShareWithin(face.Crops[0], expected[0].Crops[0], levels: 0).ShouldBe(1);
        without.ShouldHaveSingleItem().Area.LeftEye.ShouldBeNull();
    }

    [Fact]
    public void Extract_MaxFaces_KeepsTheLargestFirst()
    {
        using var image = models.Decode(SharedMaterial.Photo("selfie-many-people.jpg"));

        using var all = models.Extractor.Extract(image, new("yunet", _naturalSize), TestContext.Current.CancellationToken);
        using var two = models.Extractor.Extract(image, new("yunet", _naturalSize) { MaxFaces = 2 }, TestContext.Current.CancellationToken);

        all.Count.ShouldBeGreaterThan(2);
        two.Select(static face => face.Area.W * face.Area.H)
            .ShouldBe(all.Select(static face => face.Area.W * face.Area.H).OrderDescending().Take(2));
    }

    private sealed class BoxesOnly(IFaceDetector detector) : IFaceDetector
    {
        public int? WorkingSide => detector.WorkingSide;

        public void Load() => detector.Load();

        public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken) => Strip(detector.Detect(image, cancellationToken));

        public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken) => Strip(detector.DetectAsDeepFace(frame, cancellationToken));

        private static DetectedFace[] Strip(IReadOnlyList<DetectedFace> faces) => [.. faces.Select(static face => face with { Landmarks = [] })];
    }

    private void ShouldMatch(ExtractedFace face, JsonElement expected, string what)
    {
        var area = expected.GetProperty("facial_area");
        Near(face.Area.X, area.GetProperty("x"), what);
        Near(face.Area.Y, area.GetProperty("y"), what);
        Near(face.Area.W, area.GetProperty("w"), what);
        Near(face.Area.H, area.GetProperty("h"), what);
        NearPoint(face.Area.LeftEye, area.GetProperty("left_eye"), what);
        NearPoint(face.Area.RightEye, area.GetProperty("right_eye"), what);
        face.Confidence.ShouldBe(expected.GetProperty("confidence").GetDouble(), 0.011, what);
        if (expected.TryGetProperty("face_png", out var png))
        {
            using var reference = models.Decode(SharedMaterial.File("golden", png.GetString()!));
            Golden.ShareWithin(face.Crops[0], reference, levels: 2).ShouldBeGreaterThanOrEqualTo(0.99, what);
        }
    }

    private static int DistanceOf(FacialArea area, JsonElement expected) =>
        Math.Abs(area.X!.Value - expected.GetProperty("x").GetInt32()) + Math.Abs(area.Y!.Value - expected.GetProperty("y").GetInt32());

    private static void Near(int? actual, JsonElement expected, string what) => Math.Abs(actual!.Value - expected.GetInt32()).ShouldBeLessThanOrEqualTo(1, what);

    private static void NearPoint(IReadOnlyList<int>? actual, JsonElement expected, string what)
    {
        if (expected.ValueKind == JsonValueKind.Null)
        {
            actual.ShouldBeNull(what);
            return;
        }

        Near(actual![0], expected[0], what);
        Near(actual[1], expected[1], what);
    }
}
