using System.Net.Http.Headers;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

/// <summary>Every image format and every way to send one, on the route that needs a picture most plainly.</summary>
public sealed class ImageFormTests(StandaloneFixture standalone)
{
    public static TheoryData<string> Endings => [".jpg", ".png", ".webp", ".avif", ".gif", ".bmp"];

    [Theory, MemberData(nameof(Endings))]
    public async Task Represent_EveryFormat_FindsTheFace(string ending)
    {
        byte[] encoded = ending == ".bmp" ? DrawnPictures.Bitmap("img10.jpg") : DrawnPictures.Convert("img10.jpg", ending);

        var answer = (await standalone.ClientWithPhotos.PostAsync("/api/v1/represent", new { img = DrawnPictures.DataUri(encoded) })).ShouldSucceed();

        // Where golden/yunet_s_dynamic.json has it in the photo; lossy formats move it by a pixel or two.
        ShouldBeTheFaceOfImg10(answer);
    }

    [Fact]
    public async Task Represent_EveryForm_FindsTheFace()
    {
        byte[] photo = File.ReadAllBytes(SharedMaterial.Photo("img10.jpg"));
        string base64 = Convert.ToBase64String(photo);

        foreach (string form in (string[])["img10.jpg", SharedMaterial.Photo("img10.jpg"), base64, $"data:image/jpeg;base64,{base64}", $"data:image/jpeg,{base64}"])
        {
            ShouldBeTheFaceOfImg10((await standalone.ClientWithPhotos.PostAsync("/api/v1/represent", new { img = form })).ShouldSucceed());
        }
    }

    [Fact]
    public async Task Represent_MultipartFile_FindsTheFace()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(File.ReadAllBytes(SharedMaterial.Photo("img10.jpg"))) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } }, "img", "photo.jpg" },
            { new StringContent("Dlib"), "model_name" },
            { new StringContent("true"), "align" },
        };

        using var response = await standalone.ClientWithPhotos.PostAsync("/api/v1/represent", form, TestContext.Current.CancellationToken);

        var answer = (await ApiCalls.ReadAsync(response)).ShouldSucceed();
        ShouldBeTheFaceOfImg10(answer);
        answer.GetProperty("model").GetString().ShouldBe("Dlib");
    }

    [Fact]
    public async Task Verify_MultipartPathAndFile_ComparesThem()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("img1.jpg"), "img1" },
            { new ByteArrayContent(File.ReadAllBytes(SharedMaterial.Photo("img2.jpg"))), "img2", "b.jpg" },
        };

        using var response = await standalone.ClientWithPhotos.PostAsync("/api/v1/verify", form, TestContext.Current.CancellationToken);

        (await ApiCalls.ReadAsync(response)).ShouldSucceed().GetProperty("verified").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Represent_UrlWherePrivateOnesAreAllowed_FindsTheFace()
    {
        SharedMaterial.Require();
        await using var images = await ImageServer.StartAsync();
        await using var service = await StandaloneFixture.StartAsync(("ALLOW_PRIVATE_URLS", "true"));

        var answer = (await service.Client.PostAsync("/api/v1/represent", new { img = $"{images.Address}img10.jpg" })).ShouldSucceed();
        var refused = await standalone.Client.PostAsync("/api/v1/represent", new { img = $"{images.Address}img10.jpg" });

        ShouldBeTheFaceOfImg10(answer);
        refused.ShouldFail(400).ShouldBe("image_decode_error");
        refused.Answer.GetProperty("message").GetString()!.ShouldContain("not public");
    }

    [Fact]
    public async Task Extract_Photo_GivesAPngOfTheFace()
    {
        var answer = (await standalone.ClientWithPhotos.PostAsync("/api/v1/extract", new { img = "img11.jpg", detector_backend = "yunet" })).ShouldSucceed();

        answer.GetProperty("faces_found").GetInt32().ShouldBe(1);
        var face = answer.GetProperty("result")[0];
        string uri = face.GetProperty("face_base64").GetString()!;
        uri.ShouldStartWith("data:image/png;base64,");
        using var crop = NetVips.Image.NewFromBuffer(Convert.FromBase64String(uri["data:image/png;base64,".Length..]));

        // golden/deepface_extract.json, yunet/align=True/expand=0: 275 × 355.
        crop.Width.ShouldBeInRange(274, 276);
        crop.Height.ShouldBeInRange(354, 356);
        face.GetProperty("confidence").GetDouble().ShouldBeInRange(0.9, 1);
    }

    [Fact]
    public async Task Extract_Expanded_GivesALargerCrop()
    {
        var answer = (await standalone.ClientWithPhotos.PostAsync("/api/v1/extract", new { img = "img11.jpg", detector_backend = "yunet", expand_percentage = 20, align = false })).ShouldSucceed();

        // golden/deepface_extract.json, yunet/align=False/expand=20: x 126, w 330.
        var area = answer.GetProperty("result")[0].GetProperty("facial_area");
        area.GetProperty("x").GetInt32().ShouldBeInRange(125, 127);
        area.GetProperty("w").GetInt32().ShouldBeInRange(329, 331);
    }

    private static void ShouldBeTheFaceOfImg10(JsonElement answer)
    {
        var area = answer.GetProperty("result").EnumerateArray().ShouldHaveSingleItem().GetProperty("facial_area");

        // Where golden/yunet_s_dynamic.json has it, give or take a twelfth of its width.
        area.GetProperty("x").GetInt32().ShouldBeInRange(76, 112);
        area.GetProperty("y").GetInt32().ShouldBeInRange(84, 120);
        area.GetProperty("w").GetInt32().ShouldBeInRange(191, 227);
        area.GetProperty("h").GetInt32().ShouldBeInRange(262, 310);
    }
}
