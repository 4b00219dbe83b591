using System.Numerics;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Both MTCNNs against the original PyTorch cascade, which <c>fastmtcnn</c> follows to the letter and <c>mtcnn</c> in its networks only.</summary>
public sealed class MtcnnGoldenTests(VisionFixture models)
{
    public static TheoryData<string> Photos => YuNetGoldenTests.Photos;

    [Theory, MemberData(nameof(Photos))]
    public void DetectFast_GoldenPhoto_FindsTheReferenceFaces(string photo)
    {
        using var image = Decode(photo);

        var found = models.Detector("fastmtcnn").Detect(image, TestContext.Current.CancellationToken);

        // "couple" has no PNG: other grey levels, in a face of 550 pixels.
        float tolerance = photo == "couple" ? 5 : 0.1f;
        var expected = Expected(photo);
        found.Count.ShouldBe(expected.Length, photo);
        foreach (var face in expected)
        {
            var match = found.MaxBy(candidate => candidate.Box.Iou(face.Box))!;
            match.Box.X.ShouldBe(face.Box.X, tolerance, photo);
            match.Box.Y.ShouldBe(face.Box.Y, tolerance, photo);
            match.Box.Width.ShouldBe(face.Box.Width, tolerance, photo);
            match.Box.Height.ShouldBe(face.Box.Height, tolerance, photo);
            match.Confidence.ShouldBe(face.Confidence, 0.001f, photo);
            foreach (var (actual, reference) in match.Landmarks.Zip(face.Landmarks))
            {
                Vector2.Distance(actual, reference).ShouldBeLessThanOrEqualTo(tolerance, photo);
            }
        }

        found.Select(static face => face.Box.Area).ShouldBeInOrder(SortDirection.Descending);
    }

    [Theory, MemberData(nameof(Photos))]
    public void Detect_GoldenPhoto_FindsTheReferenceFacesWithItsOwnRules(string photo)
    {
        using var image = Decode(photo);

        var found = models.Detector("mtcnn").Detect(image, TestContext.Current.CancellationToken);

        found.ShouldAllBe(static face => face.Confidence > 0.8f);
        foreach (var face in Expected(photo).Where(static face => face.Confidence > 0.9f))
        {
            var match = found.MaxBy(candidate => candidate.Box.Iou(face.Box))!;
            match.Box.Iou(face.Box).ShouldBeGreaterThan(0.8f, photo);
            float eyes = Vector2.Distance(face.Landmarks[0], face.Landmarks[1]);
            match.Landmarks.Zip(face.Landmarks, Vector2.Distance).Average().ShouldBeLessThan(0.25f * eyes, photo); // the worst, which the edge of the selfie cuts, has 0.19
        }
    }

    [Theory]
    [InlineData("mtcnn")]
    [InlineData("fastmtcnn")]
    public void DetectAsDeepFace_Photo_GivesWholePixels(string detector)
    {
        using var image = Decode("img62");
        var faces = models.Detector(detector).Detect(image, TestContext.Current.CancellationToken);

        var reported = models.Detector(detector).DetectAsDeepFace(DetectorFrame.Plain(image), TestContext.Current.CancellationToken);

        Func<float, float> whole = detector == "mtcnn" ? MathF.Round : MathF.Truncate;
        reported.Select(static face => face.Box).ShouldBe(faces.Select(face => new FaceBox(whole(face.Box.X), whole(face.Box.Y), whole(face.Box.Width), whole(face.Box.Height))));
        reported[0].Landmarks.ShouldBe(faces[0].Landmarks.Select(point => new Vector2(whole(point.X), whole(point.Y))));
    }

    [Theory]
    [InlineData("mtcnn")]
    [InlineData("fastmtcnn")]
    public void DetectAsDeepFace_BorderOfHalfThePicture_MovesTheFacesByIt(string detector)
    {
        using var image = Decode("img10");
        var plain = models.Detector(detector).DetectAsDeepFace(DetectorFrame.Plain(image), TestContext.Current.CancellationToken).ShouldHaveSingleItem();

        var padded = models.Detector(detector).DetectAsDeepFace(DetectorFrame.Padded(image), TestContext.Current.CancellationToken).ShouldHaveSingleItem();

        padded.Map(x => x - (image.Width / 2), y => y - (image.Height / 2), static width => width, static height => height).Box.Iou(plain.Box).ShouldBeGreaterThan(0.85f);
    }

    private static DetectedFace[] Expected(string photo)
    {
        using var golden = SharedMaterial.Golden("mtcnn.json");
        return
        [
            .. golden.RootElement.GetProperty("photos").GetProperty(photo).GetProperty("faces").EnumerateArray().Select(static face => new DetectedFace(
                new(face.GetProperty("x").GetSingle(), face.GetProperty("y").GetSingle(), face.GetProperty("w").GetSingle(), face.GetProperty("h").GetSingle()),
                Golden.Points(face.GetProperty("landmarks")),
                face.GetProperty("score").GetSingle())),
        ];
    }

    private PixelBuffer Decode(string photo)
    {
        string png = SharedMaterial.File("golden", "photos", $"{photo}.png");
        return models.Decode(File.Exists(png) ? png : SharedMaterial.Photo($"{photo}.jpg"));
    }
}
