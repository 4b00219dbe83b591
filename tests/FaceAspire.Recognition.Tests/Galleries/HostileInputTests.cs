using System.Diagnostics;
using System.Text;

namespace FaceAspire.Recognition.Tests.Galleries;

/// <summary>What a client may send by mistake or on purpose: always an error in the envelope, never a failure of the service.</summary>
public sealed class HostileInputTests(GalleryFixture fixture) : IClassFixture<GalleryFixture>
{
    public static TheoryData<string> Names => ["a/b", "a\\b", " a", "a.", "..a", "%2e%2e", "a\nb", new string('n', 129), new string('n', 6_000)];

    [Theory, MemberData(nameof(Names))]
    public async Task Name_ThatIsNone_IsNeitherMadeNorFound(string name)
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        string escaped = Uri.EscapeDataString(name);

        foreach (var (method, path, body) in ((string, string, object?)[])
        [
            ("GET", $"{gallery}/subjects/{escaped}", null),
            ("DELETE", $"{gallery}/subjects/{escaped}", null),
            ("GET", $"/api/v1/galleries/{escaped}", null),
            ("POST", $"{gallery}/subjects/{escaped}/faces", new { img = GalleryFixture.Anna }),
            ("PATCH", $"{gallery}/subjects/anna", new { name }),
        ])
        {
            var (status, answer) = await fixture.SendAsync(method, path, body);

            status.ShouldBeOneOf([404, 405, 422], $"{method} {path}: {answer}");
            answer.GetProperty("success").GetBoolean().ShouldBeFalse();
        }

        (await fixture.OkAsync("GET", $"{gallery}/subjects")).GetProperty("count").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    [InlineData("1.0")]
    [InlineData("one")]
    public async Task FaceId_ThatIsNone_IsNotFound(string id)
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);

        await fixture.FailAsync(404, "not_found", "GET", $"{gallery}/faces/{id}");
        await fixture.FailAsync(404, "not_found", "DELETE", $"{gallery}/faces/{id}");
        await fixture.FailAsync(404, "not_found", "GET", $"{gallery}/faces/{id}/thumbnail");
    }

    [Fact]
    public async Task Metadata_OfTenThousandEntries_IsRefusedQuickly()
    {
        string entries = string.Join(',', Enumerable.Range(0, 10_000).Select(static i => $"\"k{i}\":\"v\""));
        using var body = new StringContent($$"""{"metadata":{{{entries}}},"img":"x"}""", Encoding.UTF8, "application/json");

        long start = Stopwatch.GetTimestamp();
        string[] fields = await fixture.WrongFieldsAsync("POST", $"{fixture.NewGallery()}/subjects/anna/faces", body);

        fields.ShouldBe(["metadata"]);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5)); // milliseconds on a free core
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[0,0,0]")]
    [InlineData("[1,null]")]
    [InlineData("[1e39]")]
    [InlineData("[\"NaN\"]")]
    [InlineData("{\"a\":\"b\"}")]
    public async Task Embedding_ThatIsNone_IsRefused(string embedding)
    {
        foreach (string path in (string[])["/subjects/anna/faces", "/search", "/subjects/anna/verify"])
        {
            using var body = new StringContent($$"""{"img":{{embedding}}}""", Encoding.UTF8, "application/json");
            string gallery = fixture.NewGallery();
            await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
            var (status, answer) = await fixture.SendAsync("POST", gallery + path, body);

            // A text in a list may be a path, whose file is not there.
            (status, answer.GetProperty("success").GetBoolean()).ShouldBe((422, false), $"{path} {answer}");
        }
    }

    [Fact]
    public async Task Embedding_NaN_IsNoJson()
    {
        using var body = new StringContent("""{"img":[NaN]}""", Encoding.UTF8, "application/json");

        (await fixture.WrongFieldsAsync("POST", $"{fixture.NewGallery()}/search", body)).ShouldBe(["body"]);
    }

    [Fact]
    public async Task List_OfTooManyPictures_IsRefused()
    {
        string gallery = fixture.NewGallery();

        (await fixture.WrongFieldsAsync("POST", $"{gallery}/subjects/anna/faces", new { imgs = Enumerable.Repeat("a.jpg", 65) })).ShouldBe(["imgs"]);
        (await fixture.WrongFieldsAsync("POST", $"{gallery}/subjects/anna/faces", new { imgs = (string[])[] })).ShouldBe(["imgs"]);
        (await fixture.WrongFieldsAsync("POST", $"{gallery}/subjects/anna/faces", new { img = "a.jpg", imgs = (string[])["b.jpg"] })).ShouldBe(["imgs"]);
        await fixture.FailAsync(404, "not_found", "GET", gallery);
    }

    [Fact]
    public async Task Body_LongerThanItsPictures_IsRefusedUnread()
    {
        await using var host = await RecognitionHost.StartAsync(settings: ("MAX_IMAGE_BYTES", "65536"));
        string picture = Convert.ToBase64String(new byte[60_000]);

        var (status, _, answer) = await host.PostAsync("/api/v1/galleries/g/subjects/anna/faces", new { imgs = Enumerable.Repeat(picture, 12) });

        status.ShouldBe(413, answer.ToString());
    }
}
