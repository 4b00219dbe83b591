using System.Net;
using System.Net.Sockets;
using System.Text;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.ServiceDefaults.Tests.Binding;

/// <summary>Bodies over the wire, good and hostile.</summary>
public sealed class BoundTests(ServiceFixture service)
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    [InlineData("application/vnd.api+json")]
    public async Task Json_AnyUsualType_IsRead(string type)
    {
        using var response = await PostAsync("/bound", Json("""{"img":"a.jpg","model_name":"dlib","align":false,"max_faces":3}""", type));

        (await ReadAsync(response)).ShouldBe("5 0 Dlib False 3");
    }

    [Fact]
    public async Task Json_ByteOrderMark_IsPassedOver()
    {
        using var response = await PostAsync("/bound", Json("\uFEFF{\"img\":\"a.jpg\"}"));

        (await ReadAsync(response)).ShouldBe("5 0  True ");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task OtherType_IsUnsupported(string? type)
    {
        using var response = await PostAsync("/bound", Json("""{"img":"a.jpg"}""", type));

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    public async Task Json_Broken_IsAValidationErrorOfTheBody(string json)
    {
        using var response = await PostAsync("/bound", Json(json));

        var error = await ServiceFixture.ShouldBeAsync(response, ErrorCode.ValidationError);
        error.GetProperty("details").GetProperty("fields")[0].GetProperty("field").GetString().ShouldBe("body");
    }

    [Fact]
    public async Task Json_TooLargeByItsLength_IsRefusedUnread()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST /bound HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900000000\r\n\r\n"));

        (await ReceiveAsync(socket)).ShouldStartWith("HTTP/1.1 413");
    }

    [Fact]
    public async Task Json_TooLargeWhileItStreams_IsRefusedAtTheLimit()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST /bound HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"img\":\"\r\n"));

        // The announced length is not known to be wrong before the limit is passed; the end never comes.
        await socket.SendAsync(Encoding.ASCII.GetBytes($"15F90\r\n{new string('A', 90_000)}\r\n"));

        (await ReceiveAsync(socket)).ShouldStartWith("HTTP/1.1 413");
    }

    [Fact]
    public async Task Json_TwoLargestPictures_FitARouteOfTwo()
    {
        string largest = Convert.ToBase64String(new byte[ServiceFixture.MaxImageBytes]);

        using var response = await PostAsync("/bound2", Json($$"""{"img1":"{{largest}}","img2":"{{largest}}"}"""));

        (await ReadAsync(response)).ShouldBe($"{largest.Length} {largest.Length}");
    }

    [Fact]
    public async Task Json_BodyBrokenOff_StopsQuietly()
    {
        using (var socket = await ConnectAsync())
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes("POST /bound HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"img\":"));
        }

        using var response = await PostAsync("/bound", Json("""{"img":"a.jpg"}"""));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Form_FileAndFields_AreRead()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[321]), "img", "a.jpg" },
            { new StringContent("DLIB"), "model_name" },
            { new StringContent("0"), "align" },
            { new StringContent(" 7 "), "max_faces" },
        };

        using var response = await PostAsync("/bound", form);

        (await ReadAsync(response)).ShouldBe("0 321 Dlib False 7");
    }

    [Fact]
    public async Task Form_TextInPlaceOfAFile_IsAPicturesText()
    {
        using var form = new MultipartFormDataContent { { new StringContent("a.jpg"), "img" } };

        using var response = await PostAsync("/bound", form);

        (await ReadAsync(response)).ShouldBe("5 0  True ");
    }

    [Fact]
    public async Task Form_FileOverTheLimit_IsTooLargeByName()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[ServiceFixture.MaxImageBytes + 1]), "img", "a.jpg" } };

        using var response = await PostAsync("/bound", form);

        (await ServiceFixture.ShouldBeAsync(response, ErrorCode.ImageTooLarge)).GetProperty("message").GetString().ShouldStartWith("img: ");
    }

    [Theory]
    [InlineData(2, 600)] // text, together longer than any list of names
    [InlineData(63, 20)]
    public async Task Form_FieldRepeatedAtLength_IsRefused(int times, int length)
    {
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < times; i++)
        {
            form.Add(new StringContent(new string('A', length)), "img");
        }

        using var response = await PostAsync("/bound", form);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.ValidationError);
    }

    [Fact]
    public async Task Form_TwoFilesOfOneName_AreRefused()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[9]), "img", "a.jpg" }, { new ByteArrayContent(new byte[9]), "img", "b.jpg" } };

        using var response = await PostAsync("/bound", form);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.ValidationError);
    }

    [Fact]
    public async Task Form_MoreParts_AreRefused()
    {
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 65; i++)
        {
            form.Add(new StringContent("a"), $"field{i}");
        }

        using var response = await PostAsync("/bound", form);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.ValidationError);
    }

    [Theory]
    [InlineData("multipart/form-data", "--a\r\n")]
    [InlineData("multipart/form-data; boundary=\"\"", "--a\r\n")]
    [InlineData("multipart/form-data; boundary=a", "")]
    [InlineData("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=\"img\"\r\n\r\nbroken off")]
    [InlineData("multipart/form-data; boundary=a", "--a\r\n\r\nwithout a name\r\n--a--\r\n")]
    [InlineData("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data\r\n\r\nwithout a name\r\n--a--\r\n")]
    [InlineData("multipart/form-data; boundary=a", "--a\r\nno header line\r\n\r\nx\r\n--a--\r\n")]
    public async Task Form_Broken_IsAValidationError(string type, string form)
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(form));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await PostAsync("/bound", content);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.ValidationError);
    }

    [Fact]
    public async Task Form_BoundaryOfAnyLength_IsBounded()
    {
        using var content = new ByteArrayContent([]);
        content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={new string('a', 5_000)}");

        using var response = await PostAsync("/bound", content);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.ValidationError);
    }

    private static ByteArrayContent Json(string json, string? type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return content;
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[4_096];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, limit.Token));
    }

    private Task<HttpResponseMessage> PostAsync(string path, HttpContent content) => service.Client.PostAsync(path, content, TestContext.Current.CancellationToken);

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, service.Address.Port, TestContext.Current.CancellationToken);
        return socket;
    }
}
