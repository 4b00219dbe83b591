using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FaceAspire.ServiceDefaults.Images;

namespace FaceAspire.ServiceDefaults.Tests.Images;

public sealed class ImageSourceTests : IDisposable
{
    private const int MaxBytes = 100_000;
    private static readonly byte[] _jpeg = [0xFF, 0xD8, 0xFF, 0xE0, .. "and what follows"u8];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("faceaspire-source-");

    public ImageSourceTests() => File.WriteAllText(Path.Combine(_root.FullName, "a.jpg"), "file");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("./a.jpg")]
    public async Task Open_Path_IsTheFile(string text) => (await OpenAsync(text)).ShouldBe("file"u8.ToArray());

    [Fact]
    public async Task Open_Url_IsFetched()
    {
        await using var server = new HostileServer(new() { ["/ok"] = HostileServer.Text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") });

        (await OpenAsync(server.Url("/ok"))).ShouldBe("hello"u8.ToArray());
        (await OpenAsync(server.Url("/ok").Replace("http", "HTTP", StringComparison.Ordinal))).ShouldBe("hello"u8.ToArray());
    }

    [Theory]
    [InlineData("data:image/jpeg;base64,")]
    [InlineData("DATA:;base64,")]
    [InlineData("data:,")] // like DeepFace: what follows the comma is base64
    [InlineData("")] // /9j/ is a picture and not a path
    public async Task Open_Base64_IsDecoded(string head) => (await OpenAsync(head + Convert.ToBase64String(_jpeg))).ShouldBe(_jpeg);

    [Fact]
    public async Task Open_Base64InLines_IsDecoded() =>
        (await OpenAsync("data:image/jpeg;base64," + Convert.ToBase64String(_jpeg).Insert(8, "\r\n").Insert(16, "\n"))).ShouldBe(_jpeg);

    [Fact]
    public async Task Open_LongTextWithoutAHead_IsBase64()
    {
        byte[] bytes = new byte[10_000];

        (await OpenAsync(Convert.ToBase64String(bytes))).ShouldBe(bytes);
    }

    [Fact]
    public async Task Open_Base64_IsDecodedWhereItStands()
    {
        byte[] text = Encoding.ASCII.GetBytes("data:image/jpeg;base64," + Convert.ToBase64String(_jpeg));
        using var source = Source();

        using var bytes = await source.OpenAsync(ImageInput.FromText("img", text), TestContext.Current.CancellationToken);

        bytes.Memory.Span.Overlaps(text).ShouldBeTrue();
    }

    [Fact]
    public async Task Open_LargeBase64_AllocatesNothingOfItsSize()
    {
        byte[] text = Encoding.ASCII.GetBytes("data:;base64," + Convert.ToBase64String(new byte[90_000]));
        using var source = Source();
        var input = ImageInput.FromText("img", text);
        long before = GC.GetAllocatedBytesForCurrentThread();

        using var bytes = await source.OpenAsync(input, TestContext.Current.CancellationToken);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000);
    }

    [Fact]
    public async Task Open_Bytes_AreThemselves()
    {
        using var source = Source();

        using var bytes = await source.OpenAsync(ImageInput.FromBytes("img", _jpeg), TestContext.Current.CancellationToken);

        bytes.Memory.ToArray().ShouldBe(_jpeg);
    }

    [Theory]
    [InlineData("data:image/png;base64")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png;base64,@@@@")]
    [InlineData("data:image/png;base64,AAA")]
    [InlineData("data:,AA=A")]
    [InlineData("ftp://127.0.0.1/a.jpg")]
    [InlineData("file:///etc/passwd")]
    [InlineData("absent.jpg")]
    [InlineData("   ")]
    public async Task Open_TextThatLeadsToNoPicture_IsRefused(string text)
    {
        var failure = await Should.ThrowAsync<FaceAspireException>(() => OpenAsync(text));

        failure.Code.ShouldBe(ErrorCode.ImageDecodeError);
        failure.Message.ShouldStartWith("img: ");
    }

    [Fact]
    public async Task Open_TextThatIsNotUtf8_IsRefused()
    {
        using var source = Source();

        (await Should.ThrowAsync<FaceAspireException>(async () => await source.OpenAsync(ImageInput.FromText("img", new byte[] { 0xC3, 0x28 }), TestContext.Current.CancellationToken)))
            .Code.ShouldBe(ErrorCode.ImageDecodeError);
    }

    [Fact]
    public async Task Open_NoBytes_IsRefused()
    {
        using var source = Source();

        (await Should.ThrowAsync<FaceAspireException>(async () => await source.OpenAsync(ImageInput.FromBytes("img", default), TestContext.Current.CancellationToken)))
            .Message.ShouldBe("img: the image is empty.");
    }

    [Fact]
    public async Task Open_MoreBytesThanAllowed_IsTooLarge()
    {
        using var source = Source();

        (await Should.ThrowAsync<FaceAspireException>(() => OpenAsync("data:," + Convert.ToBase64String(new byte[MaxBytes + 1])))).Code.ShouldBe(ErrorCode.ImageTooLarge);
        (await Should.ThrowAsync<FaceAspireException>(async () => await source.OpenAsync(ImageInput.FromBytes("img", new byte[MaxBytes + 1]), TestContext.Current.CancellationToken)))
            .Code.ShouldBe(ErrorCode.ImageTooLarge);
    }

    [Fact]
    public async Task Open_WithoutRoots_FallsBackToTheFolderOfFaces()
    {
        using var source = new ImageSource(new ImageOptions { FacesDbPath = _root.FullName }, Urls());

        using var bytes = await source.OpenAsync(ImageInput.FromText("img", "a.jpg"u8.ToArray()), TestContext.Current.CancellationToken);

        bytes.Memory.ToArray().ShouldBe("file"u8.ToArray());
    }

    private static UrlImages Urls() => new(MaxBytes, static _ => true, TimeSpan.FromSeconds(5));

    private ImageSource Source() => new(new ImageOptions { MaxImageBytes = MaxBytes, ImagePathRoots = [_root.FullName] }, Urls());

    private async Task<byte[]> OpenAsync(string text)
    {
        using var source = Source();
        using var bytes = await source.OpenAsync(ImageInput.FromText("img", Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
        return bytes.Memory.ToArray();
    }
}
