using System.Text.Json;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>Rows A of <c>docs/deepface-tests.md</c>.</summary>
[Collection(FolderGroup.Name)]
public sealed class AnalyzeRowTests(StandaloneFixture standalone, FolderService folder)
{
    // A1: she is read as 42 by age_gender, 43 by facelite (AttributeRouteTests).
    [Fact]
    public async Task Analyze_ByAgeGender_IsAWomanOfAboutThatAge() => ShouldBeAWomanBetween20And40(await AnalyzeAsync(folder.Client, new { img = "img4.jpg" }), tolerance: 5);

    // A4
    [Fact]
    public async Task Analyze_Pixels_IsAWomanBetween20And40() =>
        ShouldBeAWomanBetween20And40(await AnalyzeAsync(standalone.ClientWithPhotos, new { img = TablePictures.Pixels("img1.jpg") }));

    // A5, of the photos that upstream names the three smaller ones: two large ones are among those of A6.
    [Theory]
    [InlineData("opencv")]
    [InlineData("mtcnn")]
    public async Task Analyze_GenderOnly_IsTheLargerShare(string detector)
    {
        foreach (int number in (int[])[5, 6, 8])
        {
            foreach (var face in await AnalyzeAsync(
                standalone.ClientWithPhotos, new { img = $"img{number}.jpg", actions = new[] { "gender" }, detector_backend = detector, enforce_detection = false }))
            {
                double woman = face.GetProperty("gender").GetProperty("Woman").GetDouble();
                double man = face.GetProperty("gender").GetProperty("Man").GetDouble();
                face.GetProperty("dominant_gender").GetString().ShouldBe(woman > man ? "Woman" : "Man", $"img{number}: {face}");
                (woman + man).ShouldBe(100, 0.01);
                face.TryGetProperty("age", out _).ShouldBeFalse();
            }
        }
    }

    // A6 and A7: as they are, and squeezed into a square, where facelite reads up to 41.
    [Theory]
    [InlineData(null)]
    [InlineData(500)]
    public async Task Analyze_SeveralPhotos_HaveTheirNumbersOfFacesAndTheWomansAge(int? side)
    {
        foreach (var (photo, count) in ((string, int)[])[("img1.jpg", 1), ("img2.jpg", 1), ("couple.jpg", 2)])
        {
            string img = side is { } pixels ? TablePictures.Resized(photo, pixels, pixels) : photo;

            var faces = await AnalyzeAsync(standalone.ClientWithPhotos, new { img, actions = new[] { "age", "gender" } });

            faces.Length.ShouldBe(count, photo);
            faces.ShouldAllBe(static face => face.GetProperty("dominant_gender").GetString() == "Woman" || face.GetProperty("dominant_gender").GetString() == "Man");
            ShouldBeAWomanBetween20And40([.. faces.Where(static face => face.GetProperty("dominant_gender").GetString() == "Woman")], tolerance: side is null ? 0 : 5);
        }
    }

    private static void ShouldBeAWomanBetween20And40(JsonElement[] faces, int tolerance = 0)
    {
        var face = faces.ShouldHaveSingleItem();
        face.GetProperty("dominant_gender").GetString().ShouldBe("Woman");
        face.GetProperty("age").GetInt32().ShouldBeInRange(21 - tolerance, 39 + tolerance);
    }

    private static async Task<JsonElement[]> AnalyzeAsync(HttpClient client, object body) => (await client.PostAsync("/api/v1/analyze", body)).ShouldSucceed().Faces();
}
