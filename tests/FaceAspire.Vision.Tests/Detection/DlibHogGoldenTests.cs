using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Our frontal face detector against dlib's.</summary>
public sealed class DlibHogGoldenTests(VisionFixture models)
{
    // Printed on 2026-11-25 by a program over libdlib 19.24 (Debian 12): get_frontal_face_detector() on the exact pixels, blue and red exchanged, after one
    // pyramid_up, rectangles brought back with pyramid_down<2>::rect_down: left, top, right, bottom, confidence.
    private static readonly Dictionary<string, (int Left, int Top, int Right, int Bottom, float Confidence)[]> _expected = new()
    {
        ["img5"] = [(97, 160, 283, 345, 2.369689f)],
        ["img10"] = [(92, 167, 315, 390, 2.267896f)],
        ["img11"] = [(134, 134, 455, 455, 1.672907f)],
        ["img12"] = [(218, 98, 373, 253, 1.840458f)],
        ["img20"] = [(312, 170, 633, 491, 2.189018f)],
        ["img62"] = [(242, 139, 428, 325, 1.928798f)],
        ["selfie-many-people"] = [(322, 133, 476, 288, 2.796985f), (96, 311, 225, 440, 1.511197f), (-12, 262, 71, 337, 0.793166f), (196, 139, 325, 268, 0.560621f)],
    };

    public static TheoryData<string> Photos => [.. _expected.Keys];

    [Theory, MemberData(nameof(Photos))]
    public void Detect_GoldenPhoto_FindsTheReferenceFaces(string photo)
    {
        using var image = models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));

        var found = models.Detector("dlib").Detect(image, TestContext.Current.CancellationToken);

        found.Count.ShouldBe(_expected[photo].Length, photo);
        foreach (var (face, expected) in found.Zip(_expected[photo]))
        {
            face.Box.ShouldBe(new(expected.Left, expected.Top, expected.Right - expected.Left + 1, expected.Bottom - expected.Top + 1), photo);

            // dlib takes its filters apart and leaves the smallest parts out.
            face.Confidence.ShouldBe(Math.Min(1, expected.Confidence), 0.01f, photo);
            face.Landmarks.ShouldBeEmpty();
        }
    }

    [Fact]
    public void DetectAsDeepFace_FaceOverTheEdge_IsCutAtIt()
    {
        using var image = models.Decode(SharedMaterial.File("golden", "photos", "selfie-many-people.png"));

        var found = models.Detector("dlib").DetectAsDeepFace(DetectorFrame.Plain(image), TestContext.Current.CancellationToken);

        found.Select(static face => face.Box).ShouldBe([new(322, 133, 154, 155), new(96, 311, 129, 129), new(0, 262, 71, 75), new(196, 139, 129, 129)]);
    }
}
