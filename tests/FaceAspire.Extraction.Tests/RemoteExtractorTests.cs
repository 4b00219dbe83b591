using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Calls;
using FaceAspire.Vision.Extraction;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Extraction.Tests;

public sealed class RemoteExtractorTests(ExtractionHosts hosts) : FaceExtractorContract
{
    private static readonly ExtractionOptions _options = new("facelite", [new(CropGeometry.FivePoint, 112, 112)]);

    protected override IFaceExtractor Extractor => hosts.Remote;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CropGeometry.FivePoint, 112, 112, 1.3f, true)]
    [InlineData(CropGeometry.Dlib, 150, 150, 1f, true)]
    [InlineData(CropGeometry.Square, 224, 100, 0.9f, false)]
    [InlineData(CropGeometry.Eyes, 0, 0, 1f, true)]
    [InlineData(CropGeometry.Eyes, 160, 100, 1f, false)]
    public async Task Extract_OverHttp_GivesTheSameBytesAsInProcess(CropGeometry geometry, int width, int height, float margin, bool align)
    {
        var options = new ExtractionOptions("facelite", [new(geometry, width, height, margin)]) { Align = align, ExpandPercentage = 7 };
        byte[] picture = await File.ReadAllBytesAsync(Sample("anna-leaning.jpg"), Token);
        using var expected = await hosts.Local.ExtractAsync(picture, options, Token);
        using var actual = await hosts.Remote.ExtractAsync(picture, options, Token);

        actual.Count.ShouldBe(1);
        actual[0].Confidence.ShouldBe(expected[0].Confidence);
        (actual[0].Area with { LeftEye = null, RightEye = null }).ShouldBe(expected[0].Area with { LeftEye = null, RightEye = null });
        actual[0].Area.LeftEye.ShouldBe(expected[0].Area.LeftEye);
        actual[0].Area.RightEye.ShouldBe(expected[0].Area.RightEye);
        actual[0].Crops[0].Pixels.SequenceEqual(expected[0].Crops[0].Pixels).ShouldBeTrue();
    }

    [Fact]
    public async Task Extract_MoreBytesThanDetectionTakes_IsTooLarge()
    {
        var failure = await Should.ThrowAsync<FaceAspireException>(() => hosts.Remote.ExtractAsync(new byte[ExtractionHosts.MaxImageBytes + 1], _options, Token));

        failure.Code.ShouldBe(ErrorCode.ImageTooLarge);
    }

    [Fact]
    public async Task Extract_NobodyListens_IsUnavailableSoon()
    {
        using var caller = ExtractionHosts.Caller(NobodyThere());
        var failure = await Should.ThrowAsync<FaceAspireException>(() => caller.Services.GetRequiredService<IFaceExtractor>().ExtractAsync(new byte[1], _options, Token))
            .WaitAsync(TimeSpan.FromSeconds(10), Token);

        failure.Code.ShouldBe(ErrorCode.ServiceUnavailable);
        failure.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Extract_OneOfTwoReplicasIsDown_TheOtherAnswersEveryCall()
    {
        using var caller = ExtractionHosts.Caller(NobodyThere(), hosts.Address);
        byte[] picture = await File.ReadAllBytesAsync(Sample("anna.jpg"), Token);
        for (int i = 0; i < 10; i++)
        {
            using var faces = await caller.Services.GetRequiredService<IFaceExtractor>().ExtractAsync(picture, _options, Token);
            faces.Count.ShouldBe(1, $"call {i}");
        }
    }

    [Fact]
    public async Task Extract_OneOfTwoReplicasIsDown_NoneOfManyCallsAtOnceFails()
    {
        using var caller = ExtractionHosts.Caller(NobodyThere(), hosts.Address);
        byte[] picture = await File.ReadAllBytesAsync(Sample("anna.jpg"), Token);
        var extractor = caller.Services.GetRequiredService<IFaceExtractor>();
        for (int round = 0; round < 4; round++)
        {
            // 48 at once, of which detection lets in at least 64; in turn, or at random, three attempts would all meet the dead one for some of them.
            foreach (var faces in await Task.WhenAll(Enumerable.Range(0, 48).Select(_ => extractor.ExtractAsync(picture, _options, Token))))
            {
                faces.Count.ShouldBe(1, $"round {round}");
                faces.Dispose();
            }
        }
    }

    [Fact]
    public async Task Extract_ReplicaEndsItsConnections_TheOtherIsAskedFromThenOn()
    {
        int calls = 0;
        await using var going = await StandInAsync(async context =>
        {
            Interlocked.Increment(ref calls);
            context.Response.Headers.Connection = "close";
            context.Response.ContentType = FaceStream.ContentType;
            context.Response.ContentLength = 8;
            await context.Response.WriteAsync("FAF2\0\0\0\0");
        });
        using var caller = ExtractionHosts.Caller(ExtractionHosts.AddressOf(going), hosts.Address);
        byte[] picture = await File.ReadAllBytesAsync(Sample("anna.jpg"), Token);
        for (int i = 0; i < 10; i++)
        {
            using var faces = await caller.Services.GetRequiredService<IFaceExtractor>().ExtractAsync(picture, _options, Token);
        }

        calls.ShouldBeInRange(1, 2); // in turn: 5; once more when it is asked whether it is back
    }

    [Fact]
    public async Task Extract_DetectionIsOverloaded_SaysSoAndWhenToComeAgain()
    {
        int calls = 0;
        await using var detection = await StandInAsync(async context =>
        {
            Interlocked.Increment(ref calls);
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsJsonAsync(new { success = false, error_code = "service_unavailable", message = "Too much.", request_id = "1", details = new { } });
        });
        var failure = await FailAsync(detection);

        (failure.Code, failure.Message, failure.RetryAfter).ShouldBe((ErrorCode.ServiceUnavailable, "Too much.", TimeSpan.FromSeconds(7)));
        calls.ShouldBe(1); // trying again would be more of the same load
    }

    public static TheoryData<string, int, string> StrangeAnswers => new()
    {
        { "text/html", 200, "<html>" },
        { "text/html", 502, "<html>" },
        { "application/json", 500, "{}" },
        { "application/json", 422, """{"success":false,"error_code":"validation_error","message":"wrong query","request_id":"1","details":{}}""" },
        { "application/json", 404, """{"success":false,"error_code":"not_found","message":"There is no /internal/v1/faces","request_id":"1","details":{}}""" },
        { "application/json", 500, """{"success":false,"error_code":"of_another_time","message":"?","request_id":"1","details":{}}""" },
        { FaceStream.ContentType, 200, "" },
        { FaceStream.ContentType, 200, "FAF2\u0001\0\0\0short" },
        { FaceStream.ContentType, 200, "FAF0\0\0\0\0" },
        { FaceStream.ContentType, 200, "FAF2\0\0\0\0and more" },
        { FaceStream.ContentType, 200, "FAF2\u007f\u007f\u007f\u007f" },
    };

    [Theory, MemberData(nameof(StrangeAnswers))]
    public async Task Extract_DetectionAnswersSomethingElse_IsUnavailable(string type, int status, string body)
    {
        await using var detection = await StandInAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.ContentLength = body.Length;
            await context.Response.WriteAsync(body);
        });

        (await FailAsync(detection)).Code.ShouldBe(ErrorCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Extract_DetectionDiesWithinItsAnswer_IsUnavailable()
    {
        await using var detection = await StandInAsync(async context =>
        {
            context.Response.ContentType = FaceStream.ContentType;
            context.Response.ContentLength = 1_000;
            await context.Response.WriteAsync("FAF2\u0001\0\0\0");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        (await FailAsync(detection)).Code.ShouldBe(ErrorCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Extract_CallerLeaves_DetectionIsTold()
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var detection = await StandInAsync(async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            came.SetResult();
            await left.Task;
        });
        using var caller = ExtractionHosts.Caller(ExtractionHosts.AddressOf(detection));
        using var stop = new CancellationTokenSource();
        var call = caller.Services.GetRequiredService<IFaceExtractor>().ExtractAsync(new byte[1], _options, stop.Token);
        await came.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task Extract_WithinARequest_SendsItsIdAndWhatIsLeftOfItsTime()
    {
        var (id, timeout) = await HeardWithinARequestAsync(static (extractor, token) => extractor.ExtractAsync(new byte[1], _options, token));

        id.ShouldBe("abc-1");
        int.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 5_000);
    }

    [Fact]
    public async Task Extract_ForSeveralRequests_SendsTheIdAndNoDeadline()
    {
        var (id, timeout) = await HeardWithinARequestAsync(static async (extractor, token) =>
        {
            SharedWork.Begin();
            return await extractor.ExtractAsync(new byte[1], _options, token);
        });

        id.ShouldBe("abc-1");
        timeout.ShouldBe("");
    }

    /// <summary>What detection hears when a request with the id <c>abc-1</c> and five seconds extracts.</summary>
    private static async Task<(string Id, string Timeout)> HeardWithinARequestAsync(Func<IFaceExtractor, CancellationToken, Task<ExtractedFaces>> extractAsync)
    {
        string id = "", timeout = "";
        await using var detection = await StandInAsync(context =>
        {
            (id, timeout) = (context.Request.Headers["X-Request-Id"].ToString(), context.Request.Headers["X-Request-Timeout-Ms"].ToString());
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var builder = ExtractionHosts.Builder(("services:detection:http:0", ExtractionHosts.AddressOf(detection).ToString()), ("REQUEST_TIMEOUT_SECONDS", "20"));
        builder.AddServiceDefaults("caller");
        builder.AddRemoteExtraction();
        await using var app = builder.Build();
        app.UseServiceDefaults();
        app.MapGet("/", async (IFaceExtractor extractor, HttpContext context) => (await extractAsync(extractor, context.RequestAborted)).Dispose());
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = ExtractionHosts.AddressOf(app) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Request-Id", "abc-1" }, { "X-Request-Timeout-Ms", "5000" } } };
        using var response = await client.SendAsync(request, Token);
        return (id, timeout);
    }

    private static async Task<FaceAspireException> FailAsync(WebApplication detection)
    {
        using var caller = ExtractionHosts.Caller(ExtractionHosts.AddressOf(detection));
        return await Should.ThrowAsync<FaceAspireException>(() => caller.Services.GetRequiredService<IFaceExtractor>().ExtractAsync(new byte[1], _options, Token));
    }

    /// <summary>Something on a port that is not our detection service.</summary>
    private static async Task<WebApplication> StandInAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync(Token);
        return app;
    }

    /// <summary>An address where nobody listens: port 1 is reserved.</summary>
    private static Uri NobodyThere() => new("http://127.0.0.1:1");
}
