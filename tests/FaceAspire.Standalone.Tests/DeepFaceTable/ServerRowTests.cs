using System.Net.Http.Headers;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>Rows S of <c>docs/deepface-tests.md</c>: what DeepFace's server is asked at the root is asked under <c>/api/v1</c> here.</summary>
[Collection(FolderGroup.Name)]
public sealed class ServerRowTests(StandaloneFixture standalone, FolderService folder)
{
    private HttpClient Client => standalone.ClientWithPhotos;

    // Where this fails, DeepFace's routes have come, and the document's rows S want another look.
    [Theory]
    [InlineData("/verify")]
    [InlineData("/represent")]
    [InlineData("/analyze")]
    [InlineData("/register")]
    [InlineData("/search")]
    [InlineData("/build/index")]
    public async Task Root_DeepFacesOwnPath_IsNotOffered(string path) => (await standalone.Client.PostAsync(path, new { img = "img1.jpg" })).ShouldFail(404).ShouldBe("not_found");

    // S3
    [Fact]
    public async Task Represent_DataUriByMtcnn_Is128Numbers() => (await RepresentAsync(Client, ApiCalls.DataUri("img1.jpg"), "mtcnn")).ShouldHaveSingleItem().Embedding().Length.ShouldBe(128);

    // S4, by a quicker detector: what is tested is the URL.
    [Fact]
    public async Task Represent_UrlOfTheCouple_IsTwoFaces()
    {
        await using var images = await ImageServer.StartAsync();

        (await RepresentAsync(folder.Client, $"{images.Address}couple.jpg", "yunet")).Select(static face => face.Embedding().Length).ShouldBe([128, 128]);
    }

    // S5
    [Fact]
    public async Task Analyze_Path_TellsAllFour()
    {
        var face = (await AnalyzeAsync(Client, "img1.jpg")).ShouldHaveSingleItem();

        face.GetProperty("age").GetInt32().ShouldBeInRange(1, 100);
        face.GetProperty("dominant_gender").GetString().ShouldBeOneOf("Man", "Woman");
        face.GetProperty("dominant_emotion").GetString().ShouldNotBeNullOrEmpty();
        face.GetProperty("dominant_race").GetString().ShouldNotBeNullOrEmpty();
    }

    // S6
    [Fact]
    public async Task Analyze_PathUrlAndDataUri_TellTheSameInTheSameOrder()
    {
        await using var images = await ImageServer.StartAsync();

        string path = Told(await AnalyzeAsync(folder.Client, "couple.jpg"));

        path.Split('\n').Length.ShouldBe(2);
        Told(await AnalyzeAsync(folder.Client, $"{images.Address}couple.jpg")).ShouldBe(path);
        Told(await AnalyzeAsync(folder.Client, ApiCalls.DataUri("couple.jpg"))).ShouldBe(path);

        static string Told(JsonElement[] faces) => string.Join('\n', faces.Select(static face =>
            string.Join(' ', ((string[])["dominant_emotion", "dominant_gender", "dominant_race"]).Select(name => face.GetProperty(name).GetString()))));
    }

    // S7
    [Fact]
    public async Task Verify_TwoMissingFiles_Returns400() =>
        (await Client.PostAsync("/api/v1/verify", new { img1 = "no_such_file.jpg", img2 = "nor_this.jpg" })).ShouldFail(400).ShouldBe("image_decode_error");

    // S8 and S9
    [Theory]
    [InlineData("/api/v1/represent", "pairs.csv")]
    [InlineData("/api/v1/analyze", "pairs.csv")]
    [InlineData("/api/v1/represent", "no_such_file.jpg")]
    [InlineData("/api/v1/analyze", "no_such_file.jpg")]
    public async Task Route_NoPictureOrNoFile_Returns400(string route, string path) => (await Client.PostAsync(route, new { img = path })).ShouldFail(400).ShouldBe("image_decode_error");

    // S10
    [Fact]
    public async Task Analyze_FormWithTextOfAList_TellsWhatIsAsked()
    {
        using var form = new MultipartFormDataContent { { Picture("img5.jpg"), "img", "img5.jpg" }, { new StringContent("""["age", "gender"]"""), "actions" }, { new StringContent("mtcnn"), "detector_backend" } };

        var face = (await PostAsync("/api/v1/analyze", form)).Faces().ShouldHaveSingleItem();

        face.GetProperty("age").GetInt32().ShouldBeInRange(1, 100);
        face.GetProperty("dominant_gender").GetString().ShouldBe("Woman");
        face.TryGetProperty("dominant_race", out _).ShouldBeFalse();
    }

    // S11
    [Fact]
    public async Task Verify_FormWithTwoFiles_TakesTheFormsNames()
    {
        using var form = new MultipartFormDataContent
        {
            { Picture("img1.jpg"), "img1", "img1.jpg" },
            { Picture("img2.jpg"), "img2", "img2.jpg" },
            { new StringContent("Dlib"), "model_name" },
            { new StringContent("mtcnn"), "detector_backend" },
            { new StringContent("euclidean"), "distance_metric" },
            { new StringContent("deepface"), "alignment" },
        };

        var answer = await PostAsync("/api/v1/verify", form);

        answer.GetProperty("verified").GetBoolean().ShouldBeTrue();
        answer.GetProperty("model").GetString().ShouldBe("Dlib");
        answer.GetProperty("detector_backend").GetString().ShouldBe("mtcnn");
        answer.GetProperty("similarity_metric").GetString().ShouldBe("euclidean");
    }

    // S12 and S13: the picture as a file, or its path as text.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Represent_FormWithAFileOrAPath_Is128Numbers(bool asFile)
    {
        using var form = new MultipartFormDataContent { { new StringContent("Dlib"), "model_name" }, { new StringContent("mtcnn"), "detector_backend" }, { new StringContent("deepface"), "alignment" } };
        if (asFile)
        {
            form.Add(Picture("img1.jpg"), "img", "img1.jpg");
        }
        else
        {
            form.Add(new StringContent("img1.jpg"), "img");
        }

        (await PostAsync("/api/v1/represent", form)).Faces().ShouldHaveSingleItem().Embedding().Length.ShouldBe(128);
    }

    private static ByteArrayContent Picture(string photo) =>
        new(File.ReadAllBytes(SharedMaterial.Photo(photo))) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };

    private static async Task<JsonElement[]> RepresentAsync(HttpClient client, string img, string detector) =>
        (await client.PostAsync("/api/v1/represent", new { img, model_name = "Dlib", detector_backend = detector, alignment = "deepface" })).ShouldSucceed().Faces();

    private static async Task<JsonElement[]> AnalyzeAsync(HttpClient client, string img) => (await client.PostAsync("/api/v1/analyze", new { img })).ShouldSucceed().Faces();

    private async Task<JsonElement> PostAsync(string route, MultipartFormDataContent form)
    {
        using var response = await Client.PostAsync(route, form, TestContext.Current.CancellationToken);
        return (await ApiCalls.ReadAsync(response)).ShouldSucceed();
    }
}
