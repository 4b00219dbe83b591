using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>Rows R of <c>docs/deepface-tests.md</c>.</summary>
public sealed class RepresentRowTests(StandaloneFixture standalone)
{
    private HttpClient Client => standalone.ClientWithPhotos;

    // R1, and R15: a face has these members and no other, so none that is encrypted.
    [Theory]
    [InlineData("FaceLite", 192)]
    [InlineData("mobilefacenet_512", 512)]
    [InlineData("mobilefacenet", 128)]
    [InlineData("mobileface_v2", 256)]
    [InlineData("Dlib", 128)]
    public async Task Represent_EveryModel_HasItsDimension(string model, int dimension)
    {
        var face = (await RepresentAsync(new { img = "img1.jpg", model_name = model })).ShouldHaveSingleItem();

        face.Embedding().Length.ShouldBe(dimension);
        face.EnumerateObject().Select(static member => member.Name).ShouldBe(["embedding", "facial_area", "face_confidence"], ignoreOrder: true);
    }

    // R2: a path, a file, and a file whose length nobody tells.
    [Fact]
    public async Task Represent_PathFileAndChunks_AreTheSame()
    {
        string path = Text(await RepresentAsync(new { img = "img1.jpg" }));
        foreach (bool chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/represent")
            {
                Content = new MultipartFormDataContent { { new StreamContent(File.OpenRead(SharedMaterial.Photo("img1.jpg"))), "img", "img1.jpg" } },
                Headers = { TransferEncodingChunked = chunked, CacheControl = new() { NoStore = true } }, // computed, not looked up
            };

            using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);

            Text((await ApiCalls.ReadAsync(response)).ShouldSucceed().Faces()).ShouldBe(path);
        }
    }

    // R4 and R5: by path and as pixels.
    [Theory]
    [InlineData("skip", false)]
    [InlineData("skip", true)]
    [InlineData("opencv", true)]
    public async Task Represent_PhotoOrPixels_HasTheKeys(string detector, bool asPixels)
    {
        string img = asPixels ? TablePictures.Pixels("img5.jpg") : "img5.jpg";

        var face = (await RepresentAsync(new { img, model_name = "Dlib", detector_backend = detector, alignment = "deepface" })).ShouldHaveSingleItem();

        face.Embedding().Length.ShouldBe(128);
        face.GetProperty("facial_area").ShouldLieWithin(330, 512, detector);
        face.GetProperty("face_confidence").GetDouble().ShouldBeInRange(0, 1);
    }

    // R6
    [Fact]
    public async Task Represent_CoupleByOpenCv_IsTwoAndOneWhenAsked()
    {
        (await RepresentAsync(new { img = TablePictures.Half("couple.jpg"), model_name = "Dlib", detector_backend = "opencv", alignment = "deepface" })).Length.ShouldBe(2);
        (await RepresentAsync(new { img = TablePictures.Half("couple.jpg"), model_name = "Dlib", detector_backend = "opencv", alignment = "deepface", max_faces = 1 })).Length.ShouldBe(1);
    }

    // R7
    [Fact]
    public async Task Represent_ExtractedFaceWithoutDetection_IsExactlyThatOfThePhoto()
    {
        var extracted = (await Client.PostAsync("/api/v1/extract", new { img = "img1.jpg", detector_backend = "yunet" })).ShouldSucceed().Faces().ShouldHaveSingleItem();

        var fromPhoto = (await RepresentAsync(new { img = "img1.jpg", model_name = "Dlib", detector_backend = "yunet", alignment = "deepface" })).ShouldHaveSingleItem();
        var fromFace = (await RepresentAsync(new { img = extracted.GetProperty("face_base64").GetString(), model_name = "Dlib", detector_backend = "skip", alignment = "deepface" })).ShouldHaveSingleItem();

        fromFace.Embedding().ShouldBe(fromPhoto.Embedding());
    }

    // R8, one by one and by a quicker detector: opencv finds the couple in R6.
    [Fact]
    public async Task Represent_SixPhotos_HaveTheirNumbersOfFaces()
    {
        string[] photos = ["img1.jpg", "img2.jpg", "img3.jpg", "img4.jpg", "img5.jpg", "couple.jpg"];

        var faces = await Task.WhenAll(photos.Select(photo => RepresentAsync(new
        {
            img = photo,
            model_name = "Dlib",
            detector_backend = "yunet",
            alignment = "deepface",
        })));

        faces.Select(static list => list.Length).ShouldBe([1, 1, 1, 1, 1, 2]);
    }

    // R10
    [Fact]
    public async Task Represent_BlackPicture_IsRefusedUnlessAFaceIsNotRequired()
    {
        (await Client.PostAsync("/api/v1/represent", new { img = TablePictures.Black, model_name = "Dlib", detector_backend = "opencv" })).ShouldFail(422).ShouldBe("no_face_detected");

        var face = (await RepresentAsync(new { img = TablePictures.Black, model_name = "Dlib", detector_backend = "opencv", enforce_detection = false })).ShouldHaveSingleItem();

        face.Embedding().Length.ShouldBe(128);
        face.GetProperty("facial_area").ShouldLieWithin(TablePictures.BlackSide, TablePictures.BlackSide, "black");
    }

    // The halves of R11 and R14 that hold without options of that kind: numbers are neither forced into 0..1 nor to length 1.
    [Fact]
    public async Task Represent_Dlib_IsNotNormalised()
    {
        double[] embedding = (await RepresentAsync(new { img = "img1.jpg", model_name = "Dlib" })).ShouldHaveSingleItem().Embedding();

        embedding.ShouldContain(static number => number < 0);
        Math.Abs(Math.Sqrt(embedding.Sum(static number => number * number)) - 1).ShouldBeGreaterThan(0.1);
    }

    private static string Text(JsonElement[] faces) => string.Join('\n', faces);

    private async Task<JsonElement[]> RepresentAsync(object body) => (await Client.PostAsync("/api/v1/represent", body)).ShouldSucceed().Faces();
}
