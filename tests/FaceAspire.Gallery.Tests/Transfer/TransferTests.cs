using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Sqlite;
using FaceAspire.Gallery.Tests.Folders;
using FaceAspire.Gallery.Transfer;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests.Transfer;

public sealed class TransferTests(ReadingModels models) : IClassFixture<ReadingModels>, IDisposable
{
    private const string Header = """{"format":"faceaspire-gallery","version":1,"gallery":"people"}""";

    private readonly TemporaryFolder _one = new();
    private readonly TemporaryFolder _other = new();
    private readonly List<SqliteFaceGallery> _opened = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _opened.ForEach(static store => store.Dispose());
        _one.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Export_Imported_IsTheSameGalleryAndChangesNothingASecondTime()
    {
        var from = await FilledAsync();
        await from.SetMetadataAsync("people", "anna", new Dictionary<string, string> { ["team"] = "blue, \"1\"" }, Token);
        byte[] lines = await ExportAsync(from, new());
        var to = Open(_other);

        var import = await ImportAsync(to, lines);

        (import.Created, import.Existing, import.Failed).ShouldBe((2, 0, 0));
        (await FacesAsync(to)).ShouldBe(await FacesAsync(from));
        (await to.FindSubjectAsync("people", "anna", Token))!.Metadata.ShouldHaveSingleItem().ShouldBe(new("team", "blue, \"1\""));
        var again = await ImportAsync(to, lines);
        (again.Created, again.Existing, again.Failed).ShouldBe((0, 2, 0));
    }

    [Fact]
    public async Task Export_Lines_HaveTheFormOfTheContract()
    {
        var from = await FilledAsync();

        string[] lines = Encoding.UTF8.GetString(await ExportAsync(from, new())).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Length.ShouldBe(3);
        lines[0].ShouldBe(Header);
        var face = JsonNode.Parse(lines[1])!.AsObject();
        face.Select(static property => property.Key).Order(StringComparer.Ordinal).ShouldBe(
            ["confidence", "content_hash", "embedding", "enrolled_at", "face_index", "facial_area", "source", "space", "subject", "thumbnail"]);
        face["subject"]!.GetValue<string>().ShouldBe("anna");
        face["source"]!.GetValue<string>().ShouldBe("anna/a.jpg");
        face["space"]!.AsObject().Select(static property => property.Key).Order(StringComparer.Ordinal).ShouldBe(
            ["align", "alignment", "detector", "dimension", "expand_percentage", "model", "model_version", "normalization"]);
        Convert.FromBase64String(face["thumbnail"]!.GetValue<string>())[..3].ShouldBe([0xFF, 0xD8, 0xFF]);
        byte[] embedding = Convert.FromBase64String(face["embedding"]!.GetValue<string>());
        var read = (await models.Reader.ReadAsync(FolderWorld.Sample("anna"), models.Plan(), Token)).Single();
        embedding.Length.ShouldBe(192 * 4);
        BitConverter.ToSingle(embedding, 4).ShouldBe(read.Embedding.Values.Span[1], 1e-5f);
    }

    /// <summary>A subject's metadata is read when the export comes to it, not before: neither memory nor the wait for the first line grows with the gallery.</summary>
    [Fact]
    public async Task Export_ManySubjects_TellsMetadataAsItIsWhenASubjectIsReached()
    {
        const int Subjects = 1_500;
        var store = Open(_one);
        foreach (int[] some in Enumerable.Range(0, Subjects).Chunk(256))
        {
            await store.EnrolAsync("people", [.. some.Select(static i => GalleryFaces.Face($"s{i:0000}", i))], Token);
        }

        await store.EnrolAsync("people", [GalleryFaces.Face("s0000", Subjects), GalleryFaces.Face($"s{Subjects - 1:0000}", Subjects + 1)], Token);
        await store.SetMetadataAsync("people", "s0000", new Dictionary<string, string> { ["team"] = "blue" }, Token);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1_024, resumeWriterThreshold: 512));
        var export = new GalleryExporter(store).ExportAsync("people", new(), pipe.Writer, Token);
        var begun = await pipe.Reader.ReadAtLeastAsync(50_000, Token); // far from the end
        await store.SetMetadataAsync("people", $"s{Subjects - 1:0000}", new Dictionary<string, string> { ["team"] = "red" }, Token);
        pipe.Reader.AdvanceTo(begun.Buffer.Start);

        var lines = new List<JsonNode>();
        using (var text = new StreamReader(pipe.Reader.AsStream()))
        {
            var ended = export.ContinueWith(_ => pipe.Writer.Complete(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
            while (await text.ReadLineAsync(Token) is { } line)
            {
                lines.Add(JsonNode.Parse(line)!);
            }

            await ended;
        }

        (await export).ShouldBe(Subjects + 2);
        var told = lines.Skip(1).Where(static line => line["metadata"] is not null).Select(static line => ((string?)line["subject"], (string?)line["metadata"]!["team"]));
        told.ShouldBe([("s0000", "blue"), ("s1499", "red"), ("s0000", "blue")]); // the first again: many others lie between its two lines
    }

    [Fact]
    public async Task Export_WithoutEmbeddings_IsEmbeddedAgainFromThumbnails()
    {
        var from = await FilledAsync();
        byte[] lines = await ExportAsync(from, new() { Embeddings = false });
        var to = Open(_other);

        (await ImportAsync(to, lines)).Created.ShouldBe(2);

        var probe = (await models.Reader.ReadAsync(FolderWorld.Sample("anna"), models.Plan(), Token)).Single().Embedding;
        var found = (await to.SearchAsync("people", models.Plan().Space, [probe], new(DistanceMetric.Cosine, TopK: 1), Token))[0].Single();
        found.Face.Subject.ShouldBe("anna");
        found.Distance.ShouldBeLessThan(0.2); // the thumbnail's face against the picture's: the threshold is 0.6
    }

    [Fact]
    public async Task Import_EmbeddingOfASpaceThatTheGalleryLacks_IsMadeFromTheThumbnail()
    {
        var from = await FilledAsync();
        byte[] lines = await ExportAsync(from, new());
        var to = Open(_other);

        await new GalleryImporter(to, models.Reader).ImportAsync("people", Reader(lines), models.Plan(AlignmentMode.DeepFace), progress: null, Token);

        var spaces = (await to.FindGalleryAsync("people", Token))!.Spaces;
        spaces.Select(static space => (space.Space.Alignment, space.Faces, space.IsActive)).ShouldBe([("deepface", 2, true)]);
    }

    [Fact]
    public async Task Import_FaceOfAFolder_BelongsToNone()
    {
        var to = Open(_other);

        await ImportAsync(to, await ExportAsync(await FilledAsync(), new()));

        (await to.ListFacesAsync("people", null, 0, 10, Token)).ShouldAllBe(static face => face.Source == null);
    }

    [Fact]
    public async Task Import_BadLines_AreToldByNumberAndLeftOut()
    {
        string[] good = Encoding.UTF8.GetString(await ExportAsync(await FilledAsync(), new())).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] lines =
        [
            good[0],
            "{",
            "null",
            """{"subject":"anna"}""",
            "",
            Edited(good[1], static face => face["subject"] = "a/b"),
            Edited(good[1], static face => face["content_hash"] = "ABC"),
            Edited(good[1], static face => face["face_index"] = -1),
            Edited(good[1], static face => face["confidence"] = 2),
            Edited(good[1], static face => face["embedding"] = "AAAA"),
            Edited(good[1], static face => face["embedding"] = Convert.ToBase64String(new byte[192 * 4])),
            Edited(good[1], static face => face.Remove("space")),
            Edited(good[1], static face => face["thumbnail"] = "AAAA"),
            Edited(Edited(Edited(good[1], static face => face.Remove("space")), static face => face.Remove("embedding")), static face => face.Remove("thumbnail")),
            $"{good[1][..^1]},\"subject\":\"twice\"}}",
            $"{good[1]} {good[1]}",
            new string('x', GalleryLine.MaxLength + 1),
            good[1],
            good[2],
        ];
        var to = Open(_other);

        var import = await ImportAsync(to, Encoding.UTF8.GetBytes(string.Join("\r\n", lines)));

        (import.Created, import.Failed).ShouldBe((2, 15));
        import.Problems.Select(static problem => problem.Line).ShouldBe([2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
        import.Problems[^1].Message.ShouldBe($"has more than {GalleryLine.MaxLength} bytes");
        import.Problems[9].Message.ShouldContain("without its space");
        import.Problems.ShouldAllBe(static problem => problem.Message.Length < 200 && !problem.Message.Contains("System."));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"format":"faceaspire-gallery","version":2,"gallery":"people"}""")]
    [InlineData("""{"subject":"anna"}""")]
    [InlineData("not json")]
    public async Task Import_NotAnExport_IsRefusedAndMakesNoGallery(string text)
    {
        var to = Open(_other);

        var failure = await Should.ThrowAsync<FaceAspireException>(() => ImportAsync(to, Encoding.UTF8.GetBytes(text)));

        failure.Code.ShouldBe(ErrorCode.ValidationError);
        (await to.ListGalleriesAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Import_EndlessLine_TakesBoundedMemory()
    {
        const long Length = 300_000_000;
        var to = Open(_other);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        var import = await new GalleryImporter(to, models.Reader).ImportAsync("people", PipeReader.Create(new EndlessLine(Length)), models.Plan(), progress: null, Token);

        import.Failed.ShouldBe(1);
        import.Problems.Single().Line.ShouldBe(2);
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(Length / 10);
    }

    [Fact]
    public async Task Export_NoSuchGallery_IsNullAndWritesNothing()
    {
        using var written = new MemoryStream();
        var output = PipeWriter.Create(written);

        (await new GalleryExporter(Open(_one)).ExportAsync("nobody", new(), output, Token)).ShouldBeNull();

        await output.CompleteAsync();
        written.ToArray().ShouldBeEmpty();
    }

    [Fact]
    public void Parse_WhatWasWritten_IsTheSameLine()
    {
        var space = models.Plan().Space;
        float[] values = [.. Enumerable.Range(1, space.Dimension).Select(static i => 1f / i)];
        var line = new GalleryLine("Zoë \"<&>\" 陳", new string('a', 64), 3, new(1, 2, 3, 4, [5, 6], null), 0.87, DateTimeOffset.Parse("2025-02-03T04:05:06.789Z", CultureInfo.InvariantCulture))
        {
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
            Thumbnail = [0xFF, 0xD8, 0xFF, 0xE0],
            Space = space,
            Embedding = GalleryLine.BytesOf(new(values)),
        };
        var written = new ArrayBufferWriter<byte>();
        line.WriteTo(written);

        var read = GalleryLine.Parse(new(written.WrittenMemory[..^1]));

        written.WrittenSpan[^1].ShouldBe((byte)'\n');
        written.WrittenSpan[..^1].Contains((byte)'\n').ShouldBeFalse();
        (read.Subject, read.ContentHash, read.FaceIndex, read.Confidence, read.EnrolledAt, read.Source, read.Space)
            .ShouldBe((line.Subject, line.ContentHash, 3, 0.87, line.EnrolledAt, null, space));
        read.FacialArea.LeftEye.ShouldBe([5, 6]);
        read.Metadata.ShouldBe(line.Metadata);
        read.Thumbnail.ShouldBe(line.Thumbnail);
        read.ReadEmbedding()!.Value.Values.ToArray().ShouldBe(values);
    }

    private static string Edited(string line, Action<JsonObject> edit)
    {
        var face = JsonNode.Parse(line)!.AsObject();
        edit(face);
        return face.ToJsonString();
    }

    private static PipeReader Reader(byte[] lines) => PipeReader.Create(new ReadOnlySequence<byte>(lines));

    private static async Task<byte[]> ExportAsync(SqliteFaceGallery store, GalleryExport options)
    {
        using var written = new MemoryStream();
        var output = PipeWriter.Create(written);
        await new GalleryExporter(store).ExportAsync("people", options, output, Token);
        await output.CompleteAsync();
        return written.ToArray();
    }

    private Task<GalleryImport> ImportAsync(SqliteFaceGallery store, byte[] lines) =>
        new GalleryImporter(store, models.Reader).ImportAsync("people", Reader(lines), models.Plan(), progress: null, Token);

    /// <summary>All that is to survive, in words.</summary>
    private async Task<List<string>> FacesAsync(SqliteFaceGallery store)
    {
        List<string> faces = [];
        await foreach (var (face, embedding) in store.StreamAsync("people", models.Plan().Space, Token))
        {
            var thumbnail = await store.ReadThumbnailAsync("people", face.Id, Token);
            faces.Add(JsonSerializer.Serialize(new { face.Subject, face.ContentHash, face.FaceIndex, face.Area, face.Confidence, Thumbnail = thumbnail!.Value.ToArray(), Vector = embedding!.Value.Values.ToArray() }));
        }

        return faces;
    }

    private async Task<SqliteFaceGallery> FilledAsync()
    {
        var store = Open(_one);
        foreach (string name in (string[])["anna", "ben"])
        {
            var read = (await models.Reader.ReadAsync(FolderWorld.Sample(name), models.Plan(), Token)).Single();
            await store.EnrolAsync(
                "people",
                [new(name, new string(name == "anna" ? 'a' : 'b', 64), 0, read.Area, read.Confidence, $"{name}/a.jpg", read.Thumbnail, [new(models.Plan().Space, read.Embedding)])],
                Token);
        }

        return store;
    }

    private SqliteFaceGallery Open(TemporaryFolder folder)
    {
        var store = SqliteFaceGallery.Open(folder.Path, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);
        _opened.Add(store);
        return store;
    }

    /// <summary>A header, then one line of so many bytes.</summary>
    private sealed class EndlessLine(long length) : Stream
    {
        private long _left = length;
        private bool _hasBegun;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (!_hasBegun)
            {
                _hasBegun = true;
                return Encoding.UTF8.GetBytes($"{Header}\n", buffer);
            }

            int read = (int)Math.Min(_left, buffer.Length);
            buffer[..read].Fill((byte)'x');
            _left -= read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override void Flush()
        {
            // nothing is written
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
