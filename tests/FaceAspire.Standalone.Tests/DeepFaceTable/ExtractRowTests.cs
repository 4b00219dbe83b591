using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>Rows E of <c>docs/deepface-tests.md</c>.</summary>
public sealed class ExtractRowTests(StandaloneFixture standalone)
{
    public static TheoryData<string> Detectors => ["opencv", "mtcnn", "ssd"];

    // E1
    [Theory, MemberData(nameof(Detectors))]
    public async Task Extract_Photo_HasAFaceWithTheLeftEyeOnTheRight(string detector)
    {
        var face = (await ExtractAsync(new { img = "img11.jpg", detector_backend = detector })).ShouldHaveSingleItem();

        var area = face.GetProperty("facial_area");
        area.ShouldLieWithin(600, 800, detector);
        area.GetProperty("left_eye")[0].GetInt32().ShouldBeGreaterThan(area.GetProperty("right_eye")[0].GetInt32(), "the person's own left lies on the right of the picture");
        var (width, height) = TablePictures.SizeOf(face.GetProperty("face_base64").GetString()!);
        width.ShouldBeGreaterThan(100);
        height.ShouldBeGreaterThan(100);
        face.GetProperty("confidence").GetDouble().ShouldBeInRange(0, 1);
    }

    // E2
    [Theory, MemberData(nameof(Detectors))]
    public async Task Extract_RedAndBlueExchanged_IsOneFace(string detector)
    {
        var faces = await ExtractAsync(new { img = TablePictures.BlueFirst("img1.jpg"), detector_backend = detector });

        faces.Length.ShouldBe(1, string.Join(Environment.NewLine, faces.Select(static face => $"{face.GetProperty("facial_area")} {face.GetProperty("confidence")}")));
    }

    // E3 and E4
    [Theory, MemberData(nameof(Detectors))]
    public async Task Extract_BlackPicture_IsRefusedOrTakenWhole(string detector)
    {
        (await standalone.ClientWithPhotos.PostAsync("/api/v1/extract", new { img = TablePictures.Black, detector_backend = detector })).ShouldFail(422).ShouldBe("no_face_detected");

        var face = (await ExtractAsync(new { img = TablePictures.Black, detector_backend = detector, enforce_detection = false })).ShouldHaveSingleItem();

        TablePictures.SizeOf(face.GetProperty("face_base64").GetString()!).ShouldBe((TablePictures.BlackSide, TablePictures.BlackSide));
    }

    // E5: DeepFace refuses the first, here every format comes in every form; the head is DeepFace's, without ";base64".
    [Theory]
    [InlineData("img47.jpg")]
    [InlineData("img1.jpg")]
    public async Task Extract_DataUriWithoutBase64InItsHead_IsRead(string photo)
    {
        byte[] encoded = await File.ReadAllBytesAsync(SharedMaterial.Photo(photo), TestContext.Current.CancellationToken);

        (await ExtractAsync(new { img = $"data:image/jpeg,{Convert.ToBase64String(encoded)}" })).Length.ShouldBe(1);
    }

    // E6: DeepFace's retinaface, on ResNet-50, must find seven; on MobileNet there are five.
    [Theory]
    [InlineData("retinaface", 5)]
    [InlineData("mtcnn", 5)]
    public async Task Extract_ManyPeople_AreFoundInsideOfThePicture(string detector, int least)
    {
        var faces = await ExtractAsync(new { img = "selfie-many-people.jpg", detector_backend = detector });

        faces.Length.ShouldBeGreaterThanOrEqualTo(least);
        foreach (var face in faces)
        {
            face.GetProperty("facial_area").ShouldLieWithin(600, 604, detector);
        }
    }

    // E7 and E8: the pictures one by one, all in half the size of the first, which every detector is quicker with.
    [Theory]
    [InlineData("mtcnn")]
    [InlineData("retinaface")]
    public async Task Extract_ThreePhotos_HaveTheirNumbersOfFaces(string detector)
    {
        var faces = await Task.WhenAll(((string[])["img1.jpg", "couple.jpg", "img3.jpg"])
            .Select(photo => ExtractAsync(new { img = TablePictures.Resized(photo, 691, 934), detector_backend = detector })));

        faces.Select(static list => list.Length).ShouldBe([1, 2, 1]);
    }

    private async Task<JsonElement[]> ExtractAsync(object body) => (await standalone.ClientWithPhotos.PostAsync("/api/v1/extract", body)).ShouldSucceed().Faces();
}
