using System.Diagnostics;
using System.Text.Json;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>Rows F of <c>docs/deepface-tests.md</c>: the folder is 26 of upstream's photos.</summary>
[Collection(FolderGroup.Name)]
public sealed class FindRowTests(FolderService folder)
{
    // Upstream's ground truth (master.csv) for the person of img1.jpg, and the further photos that its test of find counts to it.
    private static readonly string[] _sameAsImg1 =
    [
        "img1.jpg", "img2.jpg", "img4.jpg", "img5.jpg", "img6.jpg", "img7.jpg", "img10.jpg", "img11.jpg", "img11_reflection.jpg", "couple.jpg", "selfie-many-people.jpg",
    ];

    // F1 and F2, and F4: a WebP file under the name of a JPEG is read here, but shows somebody else.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Find_PhotoOfTheFolder_IsItselfAndTheOthersOfThatPerson(bool asPixels)
    {
        var rows = await FindAsync(new { img = asPixels ? TablePictures.Pixels("img1.jpg") : "img1.jpg" });

        rows.ShouldAllBe(static row => row.GetProperty("distance").GetDouble() <= row.GetProperty("threshold").GetDouble());
        rows.Select(FileOf).ShouldBe(_sameAsImg1, ignoreOrder: true);
        FileOf(rows[0]).ShouldBe("img1.jpg");
        rows[0].GetProperty("distance").GetDouble().ShouldBe(0, asPixels ? 0.02 : 1e-5); // a large JPEG is decoded in a smaller size than these pixels
        rows.ShouldAllBe(static row => row.GetProperty("confidence").GetDouble() >= 51 && row.GetProperty("confidence").GetDouble() <= 100);
    }

    // F3: a face that was cut out, in a gallery that is compared without detection. The gallery is small because all of it is embedded once more for that.
    [Fact]
    public async Task Find_ExtractedFaceWithoutDetection_IsFound()
    {
        await EnrolAsync("cut-out");
        var extracted = (await folder.Client.PostAsync("/api/v1/extract", new { img = "img1.jpg", detector_backend = "opencv" })).ShouldSucceed().Faces().ShouldHaveSingleItem();
        object body = new { img = extracted.GetProperty("face_base64").GetString(), gallery = "cut-out", detector_backend = "skip" };

        long start = Stopwatch.GetTimestamp();
        var result = await folder.Client.PostAsync("/api/v1/find", body);
        while (result.Status == 503)
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), result.Answer.ToString());
            await Task.Delay(50, TestContext.Current.CancellationToken);
            result = await folder.Client.PostAsync("/api/v1/find", body);
        }

        var rows = result.ShouldSucceed().GetProperty("result")[0].EnumerateArray().ToArray();
        rows.Select(static row => row.GetProperty("subject").GetString()).ShouldBe(["img1", "img2"]);
        rows[0].GetProperty("distance").GetDouble().ShouldBeLessThan(rows[0].GetProperty("threshold").GetDouble());
    }

    // F6: the nearest k whatever their distance, in which the threshold parts this person from the others.
    [Fact]
    public async Task Find_NearestSixteen_AreThatPersonsBelowTheThresholdAndOthersAbove()
    {
        double threshold = (await FindAsync(new { img = "img1.jpg", top_k = 1 }))[0].GetProperty("threshold").GetDouble();

        var rows = await FindAsync(new { img = "img1.jpg", top_k = 16, threshold = 2 }); // 2: the largest cosine distance there is

        rows.Length.ShouldBe(16);
        foreach (string file in rows.Select(FileOf).Distinct())
        {
            // A photo of several people has a row for each; its nearest is the person's.
            double distance = rows.Where(row => FileOf(row) == file).Min(static row => row.GetProperty("distance").GetDouble());
            (distance <= threshold).ShouldBe(_sameAsImg1.Contains(file), $"{file}: {distance} at {threshold}");
        }

        rows.Select(FileOf).Intersect(_sameAsImg1).Count().ShouldBe(_sameAsImg1.Length);
        rows.Select(FileOf).Except(_sameAsImg1).ShouldNotBeEmpty();
    }

    // F9, without signatures.
    [Theory]
    [InlineData("img6.jpg")]
    [InlineData("img7.jpg")]
    public async Task Find_AmongThree_IsTheTwoOfThatPerson(string photo)
    {
        await EnrolAsync("three");

        var rows = await FindAsync(new { img = photo, gallery = "three" });

        rows.Select(static row => row.GetProperty("subject").GetString()).ShouldBe(["img1", "img2"], ignoreOrder: true);
    }

    private static string FileOf(JsonElement row) => Path.GetFileName(row.GetProperty("identity").GetString()!);

    private async Task EnrolAsync(string gallery)
    {
        foreach (string name in (string[])["img1", "img2", "img3"])
        {
            (await folder.Client.PostAsync($"/api/v1/galleries/{gallery}/subjects/{name}/faces", new { img = $"{name}.jpg" })).ShouldSucceed();
        }
    }

    private async Task<JsonElement[]> FindAsync(object body)
    {
        var client = await folder.WhenReadAsync();
        return [.. (await client.PostAsync("/api/v1/find", body)).ShouldSucceed().GetProperty("result").EnumerateArray().ShouldHaveSingleItem().EnumerateArray()];
    }
}
