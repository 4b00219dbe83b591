using System.Numerics;
using System.Text.Json;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>The detectors of one network against their originals on the eight photos. Boxes and landmarks within one and two pixels of the picture that the network
/// saw. Anchors whose scores are all but equal (saturated at 1, often) may change places when resizing differs by a grey level: then the reference's box is
/// looked for among those that lost, with a score no worse than the winner's by more than the stated tolerance.</summary>
public sealed class NetworkDetectorGoldenTests(VisionFixture models)
{
    private const float BoxTolerance = 1;
    private const float LandmarkTolerance = 2;
    private const float ScoreTolerance = 0.01f;
    private const float RetinaFaceScoreTolerance = 0.05f; // its reference resizes in floats and by a scale that the rounded size does not have: two small blurred faces differ by 0.01 and 0.04
    private const float TieTolerance = 0.005f;
    private const float NoSuppression = 0.999f;

    public static MatrixTheoryData<string, string> Detectors =>
        new(["retinaface", "scrfd", "mediapipe", "ultraface", "ultraface_rfb320", "yolov8"], YuNetGoldenTests.Photos.Select(static row => row.Data));

    [Theory, MemberData(nameof(Detectors))]
    public void Detect_GoldenPhoto_FindsTheReferenceFaces(string detector, string photo)
    {
        using var golden = SharedMaterial.Golden(GoldenOf(detector));
        float threshold = (golden.RootElement.TryGetProperty("score_threshold", out var score) ? score : golden.RootElement.GetProperty("score_threshold_listed")).GetSingle();
        var expected = golden.RootElement.GetProperty("photos").GetProperty(photo).GetProperty("faces");
        using var image = models.DecodeExact(photo);

        var found = Detector(detector, threshold).Detect(image, TestContext.Current.CancellationToken);
        var all = detector == "mediapipe" ? found : Detector(detector, threshold, NoSuppression).Detect(image, TestContext.Current.CancellationToken); // means are nobody's box

        float unit = Math.Max(1, Math.Max(image.Width, image.Height) / (float)InputSide(detector));
        AssertAreReference(found, all, expected, unit, detector == "retinaface" ? RetinaFaceScoreTolerance : ScoreTolerance, photo);
    }

    [Theory, MemberData(nameof(YuNetGoldenTests.Photos), MemberType = typeof(YuNetGoldenTests))]
    public void Detect_SsdWithItsMean_FindsWhatOpenCvFinds(string photo)
    {
        using var golden = SharedMaterial.Golden("ssd_res10.json");
        float threshold = golden.RootElement.GetProperty("score_threshold_listed").GetSingle();
        using var image = models.DecodeExact(photo);

        var found = Detector("ssd", threshold).Detect(image, TestContext.Current.CancellationToken);
        var all = Detector("ssd", threshold, NoSuppression).Detect(image, TestContext.Current.CancellationToken);

        float unit = Math.Max(1, Math.Max(image.Width, image.Height) / (float)InputSide("ssd"));
        AssertAreReference(found, all, golden.RootElement.GetProperty("results").GetProperty("opencv").GetProperty(photo), unit, ScoreTolerance, photo);
    }

    [Theory, MemberData(nameof(YuNetGoldenTests.Photos), MemberType = typeof(YuNetGoldenTests))]
    public void DetectAsDeepFace_Ssd_TruncatesInTheInputAndInThePicture(string photo)
    {
        using var golden = SharedMaterial.Golden("ssd_res10.json");
        float threshold = golden.RootElement.GetProperty("score_threshold_listed").GetSingle();
        var expected = golden.RootElement.GetProperty("results").GetProperty("deepface").GetProperty(photo);
        using var image = models.DecodeExact(photo);

        var found = Detector("ssd", threshold).DetectAsDeepFace(DetectorFrame.Plain(image), TestContext.Current.CancellationToken);

        found.Count.ShouldBe(expected.GetArrayLength(), photo);
        float across = image.Width / 300f;
        float down = image.Height / 300f;
        foreach (var face in expected.EnumerateArray())
        {
            float[] corners = [.. face.GetProperty("relative_xyxy").EnumerateArray().Select(static corner => corner.GetSingle())];
            var exact = new FaceBox(corners[0] * image.Width, corners[1] * image.Height, (corners[2] - corners[0]) * image.Width, (corners[3] - corners[1]) * image.Height);
            var box = found.MaxBy(candidate => candidate.Box.Iou(exact))!.Box;

            // A grey level in resizing may move a corner over the edge of a pixel of the input, and no further.
            box.X.ShouldBe((int)((int)(corners[0] * 300) * across), across + 1, photo);
            box.Y.ShouldBe((int)((int)(corners[1] * 300) * down), down + 1, photo);
            box.Right.ShouldBe((int)((int)(corners[2] * 300) * across), across + 1, photo);
            box.Bottom.ShouldBe((int)((int)(corners[3] * 300) * down), down + 1, photo);
            foreach (float number in (float[])[box.X, box.Y, box.Width, box.Height])
            {
                number.ShouldBe(MathF.Truncate(number), photo);
            }
        }
    }

    /// <summary>With its border a picture is twice as large: the network sees it half as large, or not, as the backend resizes.</summary>
    [Theory]
    [InlineData("retinaface", true)]
    [InlineData("scrfd", true)]
    [InlineData("ssd", false)]
    [InlineData("mediapipe", true)]
    [InlineData("ultraface", false)]
    [InlineData("yolov8", true)]
    public void DetectAsDeepFace_PictureWithItsBorder_FindsTheFaceInWholePixelsOfTheFrame(string detector, bool hasEyes)
    {
        using var image = models.DecodeExact("img11");
        var frame = DetectorFrame.Padded(image);
        var plain = models.Detector(detector).Detect(image, TestContext.Current.CancellationToken)[0];

        var face = models.Detector(detector).DetectAsDeepFace(frame, TestContext.Current.CancellationToken).ShouldHaveSingleItem();

        face.Box.ShouldBe(new(MathF.Truncate(face.Box.X), MathF.Truncate(face.Box.Y), MathF.Truncate(face.Box.Width), MathF.Truncate(face.Box.Height)));
        var inPicture = face.Map(x => x - frame.PadX, y => y - frame.PadY, static width => width, static height => height);
        inPicture.Box.Iou(plain.Box).ShouldBeGreaterThan(0.7f);
        face.RightEye.HasValue.ShouldBe(hasEyes);
        if (hasEyes)
        {
            inPicture.RightEye!.Value.X.ShouldBeLessThan(inPicture.LeftEye!.Value.X);
            Vector2.Distance(inPicture.RightEye.Value, plain.RightEye!.Value).ShouldBeLessThan(0.1f * plain.Box.Width);
        }
    }

    private static string GoldenOf(string detector) => detector switch
    {
        "retinaface" => "retinaface_mnet025.json",
        "scrfd" => "scrfd_500m_kps.json",
        "mediapipe" => "blazeface_front.json",
        "ultraface" => "ultraface_rfb640.json",
        "yolov8" => "yolov8-lite-t-face.json",
        _ => $"{detector}.json",
    };

    private static void AssertAreReference(IReadOnlyList<DetectedFace> found, IReadOnlyList<DetectedFace> all, JsonElement expected, float unit, float scoreTolerance, string photo)
    {
        found.Count.ShouldBe(expected.GetArrayLength(), photo);
        found.Select(static face => face.Confidence).ShouldBeInOrder(SortDirection.Descending, photo);
        foreach (var face in expected.EnumerateArray())
        {
            var box = new FaceBox(
                face.GetProperty("x").GetSingle(), face.GetProperty("y").GetSingle(), face.GetProperty("w").GetSingle(), face.GetProperty("h").GetSingle());
            var winner = found.MaxBy(candidate => candidate.Box.Iou(box))!;
            winner.Box.Iou(box).ShouldBeGreaterThan(0.85f, photo);
            winner.Confidence.ShouldBe(face.GetProperty("score").GetSingle(), scoreTolerance, photo);

            var match = all.MaxBy(candidate => candidate.Box.Iou(box))!;
            match.Confidence.ShouldBe(winner.Confidence, TieTolerance, photo);
            match.Box.X.ShouldBe(box.X, BoxTolerance * unit, photo);
            match.Box.Y.ShouldBe(box.Y, BoxTolerance * unit, photo);
            match.Box.Right.ShouldBe(box.Right, BoxTolerance * unit, photo);
            match.Box.Bottom.ShouldBe(box.Bottom, BoxTolerance * unit, photo);
            foreach (var (actual, reference) in match.Landmarks.Zip(face.TryGetProperty("landmarks", out var points) ? Golden.Points(points) : []))
            {
                Vector2.Distance(actual, reference).ShouldBeLessThanOrEqualTo(LandmarkTolerance * unit, photo);
            }
        }
    }

    // The smaller twin of ultraface is no entry of the catalogue.
    private IFaceDetector Detector(string name, float threshold, float? overlapThreshold = null) => name == "ultraface_rfb320"
        ? models.DetectorOfFile("ultraface", "ultraface_rfb320.onnx", 320, 240, threshold, overlapThreshold)
        : models.Detector(name, threshold, overlapThreshold);

    private int InputSide(string name) => name == "ultraface_rfb320" ? 320 : models.Catalog.Get(ModelHub.ModelTask.Detection, name).Input.Width;
}
