using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FaceAspire.Recognition.Tests.Galleries;

public sealed class TransferTests(GalleryFixture fixture) : IClassFixture<GalleryFixture>
{
    [Fact]
    public async Task Export_Imported_GivesTheSameAnswersWithoutEmbeddingAgain()
    {
        var (from, to) = (fixture.NewGallery(), fixture.NewGallery());
        await fixture.EnrolAsync(from, "anna", GalleryFixture.Anna);
        await fixture.EnrolAsync(from, "anna", GalleryFixture.AnnaLeaning);
        await fixture.EnrolAsync(from, "ben", GalleryFixture.Ben);
        await fixture.OkAsync("PATCH", $"{from}/subjects/ben", new { metadata = new { team = "b" } });

        string lines = await ExportAsync(from);
        var first = await ImportAsync(to, lines);
        var again = await ImportAsync(to, lines);

        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
        (first.GetProperty("created").GetInt32(), first.GetProperty("existing").GetInt32(), first.GetProperty("failed").GetInt32()).ShouldBe((3, 0, 0), first.ToString());
        (again.GetProperty("created").GetInt32(), again.GetProperty("existing").GetInt32()).ShouldBe((0, 3));
        (await fixture.OkAsync("GET", $"{to}/subjects/ben")).GetProperty("subject").GetProperty("metadata").GetProperty("team").GetString().ShouldBe("b");
        object probe = new { img = GalleryFixture.Anna, threshold = 1 };
        var expected = (await fixture.OkAsync("POST", $"{from}/search", probe)).GetProperty("result")[0].GetProperty("subjects").EnumerateArray().ToArray();
        var actual = (await fixture.OkAsync("POST", $"{to}/search", probe)).GetProperty("result")[0].GetProperty("subjects").EnumerateArray().ToArray();
        actual.Select(Told).ShouldBe(expected.Select(Told));
        fixture.Audit(to).Count(static line => line.Contains("import in", StringComparison.Ordinal)).ShouldBe(2, string.Join('\n', fixture.Audit(to)));
    }

    [Fact]
    public async Task Import_LinesWithoutEmbeddings_AreEmbeddedFromTheirThumbnails()
    {
        var (from, to) = (fixture.NewGallery(), fixture.NewGallery());
        await fixture.EnrolAsync(from, "anna", GalleryFixture.Anna);
        await fixture.EnrolAsync(from, "ben", GalleryFixture.Ben);

        string lines = await ExportAsync(from, "?include=thumbnails");
        var answer = await ImportAsync(to, lines);

        lines.ShouldNotContain("\"embedding\"");
        answer.GetProperty("created").GetInt32().ShouldBe(2, answer.ToString());
        var nearest = (await fixture.OkAsync("POST", $"{to}/search", new { img = GalleryFixture.Ben })).GetProperty("result")[0].GetProperty("subjects")[0];
        nearest.GetProperty("subject").GetString().ShouldBe("ben");
        nearest.GetProperty("distance").GetDouble().ShouldBeLessThan(0.1); // of the same picture, cut and compressed once more
    }

    [Fact]
    public async Task Import_BadLines_AreToldByNumberAndTheOthersKept()
    {
        var (from, to) = (fixture.NewGallery(), fixture.NewGallery());
        await fixture.EnrolAsync(from, "anna", GalleryFixture.Anna);
        string[] good = (await ExportAsync(from)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var answer = await ImportAsync(to, string.Join('\n', good[0], "{", "{\"subject\":\"../x\"}", good[1], new string('x', 2_000_000)));

        (answer.GetProperty("created").GetInt32(), answer.GetProperty("failed").GetInt32()).ShouldBe((1, 3), answer.ToString());
        answer.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("line").GetInt64()).ShouldBe([2, 3, 5]);
    }

    [Fact]
    public async Task Import_NoExport_IsRefused()
    {
        string gallery = fixture.NewGallery();

        (await fixture.WrongFieldsAsync("POST", $"{gallery}/import", Lines("{\"a\":1}\n"))).ShouldBe(["body"]);
        await fixture.FailAsync(415, "unsupported_media_type", "POST", $"{gallery}/import", new { a = 1 });
        (await fixture.WrongFieldsAsync("POST", "/api/v1/galleries/a+b/import", Lines(""))).ShouldBe(["gallery"]);
        await fixture.FailAsync(404, "not_found", "GET", gallery);
    }

    [Fact]
    public async Task Export_UnknownGallery_IsNotFound() => await fixture.FailAsync(404, "not_found", "GET", $"{fixture.NewGallery()}/export");

    /// <summary>Of one second here: what is a stream has no deadline, and what is none has.</summary>
    [Fact]
    public async Task Import_LongerThanARequestMayTake_IsFinished()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        byte[] lines = Encoding.UTF8.GetBytes(await ExportAsync(gallery));
        await using var host = await RecognitionHost.StartAsync(settings: ("REQUEST_TIMEOUT_SECONDS", "1"));
        using var content = new StreamContent(new SlowStream(lines, TimeSpan.FromSeconds(1.5)));
        content.Headers.ContentType = new("application/x-ndjson");

        using var response = await host.Client.PostAsync("/api/v1/galleries/g/import", content, TestContext.Current.CancellationToken);

        string answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(200, answer);
        answer.ShouldContain("\"created\":1");
    }

    private static string Told(JsonElement subject) => $"{subject.GetProperty("subject")} {subject.GetProperty("distance")} {subject.GetProperty("confidence")}";

    private static StringContent Lines(string lines) => new(lines, Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));

    private async Task<string> ExportAsync(string gallery, string query = "")
    {
        using var response = await fixture.Host.Client.GetAsync($"{gallery}/export{query}", TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private Task<JsonElement> ImportAsync(string gallery, string lines) => fixture.OkAsync("POST", $"{gallery}/import", Lines(lines));

    /// <summary>Gives its first half at once, and the second after a pause.</summary>
    private sealed class SlowStream(byte[] bytes, TimeSpan pause) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int half = bytes.Length / 2;
            if (_position == half)
            {
                await Task.Delay(pause, cancellationToken);
            }

            int count = Math.Min(buffer.Length, (_position < half ? half : bytes.Length) - _position);
            bytes.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
